#include "tests/cluster/cluster.hpp"

#include "tests/integration/nodes.hpp"
#include "tests/support/wait.hpp"

#include <algorithm>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <utility>

namespace chatmesh::test {

namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t node_port = 8080, operations_port = 9090, links_port = 7400, line_port = 7401;
constexpr auto writers_limit = 3s;           // a writer waits so long for an answer before it goes elsewhere
constexpr auto pace = 100ms, detour = 50ms;  // between two writes of a writer; after one that failed
constexpr std::size_t some_writes = 25;      // before, in and after a fault
constexpr std::size_t some_failures = 8;
constexpr std::size_t members = 3;

const std::vector<std::string> replicated{"wal_level=replica", "max_wal_senders=4", "hot_standby=on",
                                          "synchronous_commit=on"};

// By a node's own clock, were that an hour off, each lifetime here would go wrong.
const std::vector<std::string> settings_of_all{"--http.port=" + std::to_string(node_port),
                                               "--ops.port=" + std::to_string(operations_port),
                                               "--limits.streams-per-member=0",
                                               "--stream.heartbeat=1s",
                                               "--stream.retry=200ms",
                                               "--database.writer-patience=2s",
                                               "--shutdown.reconnects-per-second=" +
                                                   std::to_string(reconnects_per_second),
                                               "--auth.session-life=30min",
                                               "--retention.age=30min",
                                               "--retention.events=10",
                                               "--retention.interval=1s"};

}  // namespace

cluster::cluster(network& n, shape s) : network_(n), shape_(std::move(s)) {
  start_database(shape_.standby);
  for (std::size_t number = 1; number <= shape_.nodes; ++number) {
    const auto& address = network_.address(number);
    lines_.push_back(std::make_unique<fault_proxy>(network_, number, endpoint{address, line_port},
                                                   endpoint{address, links_port}, shape_.seed + number));
    nodes_.push_back(make_node(number, {}));
    endpoints_.push_back(nodes_.back()->where());
    settled_.push_back(std::make_unique<crowd>(std::vector{endpoints_.back()}));
  }
  crowd_ = std::make_unique<crowd>(endpoints_);
  add_company("Acme", 3);
  add_company("Globex", 2);
}

// ---- what it is made of

void cluster::start_database(bool with_standby) {
  const auto rules = folder_.path() / "pg_hba.conf";
  std::ofstream{rules} << "local all all trust\nlocal replication all trust\nhost all all " << network_.every_address()
                       << " trust\n";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all | std::filesystem::perms::others_exec);
  std::vector<std::string> settings{"hba_file=" + rules.string()};
  if (with_standby)
    settings.insert(settings.end(), replicated.begin(), replicated.end());
  const auto listening_on = [&](std::size_t host) {
    auto all = settings;
    all.push_back("listen_addresses=" + network_.address(host));
    return all;
  };
  database_ = std::make_unique<postgresql_server>(listening_on(database_host), std::filesystem::temp_directory_path(),
                                                  network_.descriptor(database_host));
  database_->create_database("chat");
  if (!with_standby)
    return;
  standby_ = std::make_unique<postgresql_server>(*database_, listening_on(standby_host),
                                                 network_.descriptor(standby_host));
  // From here on no commit is acknowledged that the standby does not have.
  const auto url = postgresql_url(database_->socket_folder(), "postgres");
  postgresql_execute(url, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
  postgresql_execute(url, "SELECT pg_reload_conf()");
  eventually("a synchronous standby",
             [&] { return postgresql_execute(url, "SELECT sync_state FROM pg_stat_replication") == "sync"; });
}

std::string cluster::database_url() const {
  auto places = network_.address(database_host) + ":5432";
  if (shape_.standby)
    places += "," + network_.address(standby_host) + ":5432";
  return "postgresql://chatmesh@" + places + "/chat?target_session_attrs=" + (shape_.standby ? "read-write" : "any") +
         shape_.database_options;
}

std::unique_ptr<server_process> cluster::make_node(std::size_t number, std::vector<std::string> environment) const {
  const auto name = "node-" + std::to_string(number);
  auto options = node_options(name);
  options.insert(options.end(), settings_of_all.begin(), settings_of_all.end());
  const auto certificate = authority_.options(name);
  options.insert(options.end(), certificate.begin(), certificate.end());
  options.push_back("--cluster.listen=" + network_.address(number) + ":" + std::to_string(links_port));
  options.push_back("--cluster.advertise=" + network_.address(number) + ":" + std::to_string(line_port));
  const auto wrapper = number <= shape_.wrappers.size() ? shape_.wrappers[number - 1] : std::vector<std::string>{};
  return std::make_unique<server_process>(std::move(options), server_launch{.environment = std::move(environment),
                                                                            .database_url = database_url(),
                                                                            .wrapper = wrapper,
                                                                            .address = network_.address(number),
                                                                            .network = network_.descriptor(number)});
}

void cluster::replace(std::size_t number, const std::vector<std::string>& environment) {
  nodes_.at(number - 1).reset();
  nodes_.at(number - 1) = make_node(number, environment);
}

void cluster::add_company(const std::string& name, std::size_t writers) {
  auto& c = *companies_.emplace_back(std::make_unique<company>(sign_up(endpoints_.front(), name, name + " Owner")));
  c.widget_key = c.owner.read("").at("widget_key");
  c.members.push_back(c.owner.another_tab());
  c.members.push_back(invite(c.owner, name + " Admin", "admin"));
  while (c.members.size() < members)
    c.members.push_back(invite(c.owner, name + " Agent"));
  c.watch.emplace(invite(c.owner, name + " Observer"));
  const auto from = c.owner.head();
  for (std::size_t i = 0; i < members; ++i) {
    crowd_->join(c.members[i], from, shape_.clients / members);
    c.online.insert(c.members[i].employee_id());
  }
  for (std::size_t i = 0; i < settled_.size(); ++i) {
    const auto settled = invite(c.owner, name + " at node " + std::to_string(i + 1));
    settled_[i]->join(settled, from, 1);
    c.online.insert(settled.employee_id());
  }
  for (std::size_t i = 0; i < writers; ++i) {
    auto& at_nodes = c.writers.emplace_back();
    for (auto place : endpoints_) {
      place.limit = writers_limit;
      const auto number = companies_.size() * 100 + i * 10 + at_nodes.size();
      at_nodes.push_back(
          std::make_unique<crash_writer>(c.members[i % members].at(place), c.widget_key, c.ids, book_, number, number));
    }
  }
}

// ---- writers

// All writers write as long as it lives.
class cluster::writing {
public:
  explicit writing(cluster& c) : cluster_(c) {
    cluster_.stopping_ = false;
    for (auto& each : c.companies_)
      for (auto& at_nodes : each->writers)
        threads_.emplace_back([&c, &at_nodes, first = threads_.size()] { c.keep_writing(at_nodes, first); });
  }
  ~writing() {
    const std::lock_guard lock{cluster_.mutex_};
    cluster_.stopping_ = true;
    cluster_.changed_.notify_all();
  }
  writing(const writing&) = delete;
  writing& operator=(const writing&) = delete;

private:
  cluster& cluster_;
  std::vector<std::jthread> threads_;  // joined last
};

bool cluster::pause(std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

// A write that fails is left in doubt, and the next one goes to the next node.
void cluster::keep_writing(std::vector<std::unique_ptr<crash_writer>>& at_nodes, std::size_t first) {
  std::size_t node = first % at_nodes.size();
  auto wait = std::chrono::milliseconds{};
  while (pause(wait)) {
    wait = detour;
    try {
      at_nodes[node]->write();
      wait = pace;
      continue;
    } catch (const connection_lost&) {  // as it may be
    } catch (const timed_out&) {        // as it may be
    } catch (const std::exception& e) {
      const auto* answered = dynamic_cast<const unexpected_answer*>(&e);
      if (!answered || answered->answer.status != 503 || !answered->answer.header("Retry-After")) {
        const std::lock_guard lock{mutex_};
        broken_.emplace_back("a writer at node " + std::to_string(node + 1) + ": " + e.what());
      }
    }
    ++failures_;
    node = (node + 1) % at_nodes.size();
  }
}

void cluster::wait_for_writes(std::size_t more) {
  const auto enough = book_.acknowledged() + more;
  eventually("so many writes", [&] { return book_.acknowledged() >= enough; });
}

void cluster::wait_for_failures(std::size_t more) {
  const auto enough = failures_ + more;
  eventually("so many failures", [&] { return failures_ >= enough; });
}

// ---- what has to hold

bool cluster::ready(std::size_t number) const {
  const auto& node = *nodes_.at(number - 1);
  return http_client{node.ops()}.request("GET", "/readyz", {{"Connection", "close"}}).status == 200;
}

void cluster::expect_refusal(std::size_t number) {
  eventually("node " + std::to_string(number) + " to refuse a write", [&] {
    auto there = owner().at(endpoints_.at(number - 1));
    const auto answer = there.post("/customers", {{"name", "Nobody"}});
    if (answer.status == 201)
      return false;
    if (answer.status != 503 || !answer.header("Retry-After"))
      throw unexpected_answer("a write at a node that can't write", answer);
    return true;
  });
}

void cluster::expect_all_told(std::size_t number) {
  for (auto& c : companies_) {
    const auto last = marker(*c, number);
    crowd_->wait_for(c->owner.company_id(), last);
  }
}

// Asked again until it is taken, as a client does that got 503 or no answer.
std::string cluster::marker(company& c, std::size_t number) {
  const header_list key{{"Idempotency-Key", "marker-" + std::to_string(++markers_)}};
  auto place = endpoints_.at(number - 1);
  place.limit = writers_limit;
  std::string cursor;
  eventually("a marker at node " + std::to_string(number), [&] {
    try {
      const auto answer = c.owner.at(place).post("/customers", {{"name", "Marker"}}, key);
      if (answer.status == 201)
        cursor = answer.cursor();
      else if (answer.status != 503 && answer.status != 409)  // the first try may be under way still
        throw unexpected_answer("a marker", answer);
    } catch (const connection_lost&) {  // not yet
    } catch (const timed_out&) {        // not yet
    }
    return !cursor.empty();
  });
  return cursor;
}

void cluster::expect_presence() {
  for (auto& c : companies_)
    for (const auto& place : endpoints_) {
      const auto all = [&] {
        const auto told = c->owner.at(place).read("/presence").at("online").get<std::set<std::string>>();
        return std::ranges::includes(told, c->online);
      };
      eventually(std::to_string(c->online.size()) + " members to be online at " + place.address, all);
    }
}

void cluster::expect_links(std::size_t each) const {
  for (std::size_t number = 1; number <= nodes_.size(); ++number)
    eventually(std::to_string(each) + " links of node " + std::to_string(number),
               [&] { return nodes_[number - 1]->metric("chatmesh_cluster_links") == static_cast<double>(each); });
}

// Clients are told in order, so that a company's last marker stands for those of all nodes.
void cluster::wait_for_all() {
  std::vector<std::string> last(companies_.size());
  for (std::size_t i = 0; i < companies_.size(); ++i)
    for (std::size_t number = 1; number <= nodes_.size(); ++number)
      last[i] = marker(*companies_[i], number);
  for (std::size_t i = 0; i < companies_.size(); ++i)
    crowd_->wait_for(companies_[i]->owner.company_id(), last[i]);
}

std::vector<std::string> cluster::endure(const fault& f) {
  const auto resets = crowd_->counts().resets;
  std::optional<writing> writers{*this};
  wait_for_writes(some_writes);
  f.strike();
  if (f.all_fail)
    wait_for_failures(some_failures);
  else
    wait_for_writes(some_writes);
  if (f.meanwhile)
    f.meanwhile();
  pause(f.lasts);
  f.heal();
  const auto healed = clock::now();
  wait_for_all();
  const auto whole = clock::now();
  expect_links(nodes_.size() - 1);
  const auto linked = clock::now();
  writers.reset();
  auto broken = look(f.resets);
  if (!f.resets && crowd_->counts().resets != resets)
    broken.emplace_back("clients were reset");
  std::cout << f.name << ", after the end of it:" << std::endl;
  check_bound("all clients had all", whole - healed, f.bound, broken);
  check_bound("all nodes had links", linked - healed, f.links_bound, broken);
  return broken;
}

void cluster::check_bound(const std::string& what, clock::duration seen, std::chrono::seconds promised,
                          std::vector<std::string>& broken) const {
  const std::chrono::duration<double> took = seen, allowed = promised * shape_.slowness;
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << what << " in " << took.count() << " s; promised " << promised.count()
       << " s, allowed here " << allowed.count() << " s";
  std::cout << "  " << text.str() << std::endl;
  if (took > allowed)
    broken.push_back("too late: " + text.str());
}

// Nobody writes any more.
std::vector<std::string> cluster::look(bool resets) {
  book_.settle(endpoints_.front());
  std::vector<std::string> broken;
  {
    const std::lock_guard lock{mutex_};
    broken.swap(broken_);
  }
  for (std::size_t i = 0; i < companies_.size(); ++i) {
    auto& c = *companies_[i];
    const auto& at = endpoints_[i % endpoints_.size()];
    if (resets)
      c.watch.emplace(c.members.back().at(at));  // what it held is history
    else
      c.watch->resume(at);
    const auto last = marker(c, 1 + i % endpoints_.size());
    crowd_->wait_for(c.owner.company_id(), last);
    for (const auto& each : settled_)
      each->wait_for(c.owner.company_id(), last);
    const auto found = c.watch->faults(last, book_);
    broken.insert(broken.end(), found.begin(), found.end());
  }
  expect_presence();
  return broken;
}

}  // namespace chatmesh::test
