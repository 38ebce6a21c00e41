#include "bench/load/requests.hpp"

#include "bench/common/clock.hpp"
#include "bench/common/histogram.hpp"
#include "bench/common/process_stats.hpp"
#include "bench/load/http_client.hpp"
#include "bench/load/poller.hpp"
#include "bench/load/settings.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <stdexcept>

#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

using nlohmann::json;

struct workplace {
  std::string path;  // of the company
  std::vector<std::string> tokens;
  std::vector<std::string> customers;
};

struct request_plan {
  std::string route;
  std::uint32_t clients, rows, companies, sessions;  // sessions: of each company
};

struct request_client {
  unique_fd fd;
  const workplace* company = nullptr;
  std::string token;
  std::string in;
  std::uint64_t sent_ns = 0;
};

class request_run {
public:
  request_run(const endpoint& at, const request_plan& plan) : at_(at), route_(plan.route), clients_(plan.clients) {
    if (route_ != "get" && route_ != "list" && route_ != "snapshot" && route_ != "write")
      throw std::invalid_argument{"--route is get, list, snapshot or write"};
    fill_server(plan);
    for (std::uint32_t id = 0; id < plan.clients; ++id) {
      request_client& c = clients_[id];
      c.company = &companies_[id % companies_.size()];
      c.token = c.company->tokens[id / companies_.size() % c.company->tokens.size()];
      c.fd = connect_blocking(at_);
      poller_.add(c.fd.get(), EPOLLIN, id);
    }
  }

  // Every client sends again as soon as it has its answer; `seconds` later all answers are waited for.
  void run(double seconds) {
    in_all += latency.total();
    latency = {};
    failed = 0;
    const auto end = now_ns() + static_cast<std::uint64_t>(seconds * static_cast<double>(ns_per_s));
    under_way_ = 0;
    for (auto& c : clients_)
      send(c);
    while (under_way_ > 0)
      poller_.wait(ns_per_s, [&](std::uint64_t id, std::uint32_t) { receive(clients_[id], end); });
  }

  histogram latency;
  std::uint64_t failed = 0;
  std::uint64_t answer_bytes = 0;  // of one
  std::uint64_t in_all = 0;        // requests before this run, those that filled the server included

private:
  void fill_server(const request_plan& plan) {
    api_client api{at_};
    for (std::uint32_t i = 0; i < plan.companies; ++i)
      companies_.push_back(make_company(api, plan.sessions));
    for (std::uint32_t i = 0; i < plan.rows; ++i) {
      workplace& to = companies_[i % companies_.size()];
      to.customers.push_back(
          expect(api.call("POST", to.path + "/customers", to.tokens.front(), body(i / companies_.size(), 0))).at("id"));
    }
    in_all = plan.companies * plan.sessions + plan.rows;
  }

  static workplace make_company(api_client& api, std::uint32_t sessions) {
    const auto unique = std::to_string(::getpid()) + std::to_string(now_ns());
    json login{{"email", "load" + unique + "@load.example"}, {"password", "a long enough password"}};
    json signup = login;
    signup["company"] = {{"name", "Requests"}};
    signup["name"] = "Load";
    const auto owner = expect(api.call("POST", "/api/v1/signup", "", signup.dump()));
    workplace made{
        "/api/v1/companies/" + owner.at("company").at("id").get<std::string>(), {owner.at("session").at("token")}, {}};
    while (made.tokens.size() < sessions)
      made.tokens.push_back(expect(api.call("POST", "/api/v1/sessions", "", login.dump())).at("session").at("token"));
    return made;
  }

  static json expect(const api_client::result& result) {
    if (result.status != 201)
      throw std::runtime_error{"the server answered " + std::to_string(result.status) + ": " + result.body};
    return json::parse(result.body);
  }

  // Of the customer that has this number, in this state.
  static std::string body(std::uint64_t number, std::uint64_t state) {
    return R"({"name":"Customer )" + std::to_string(number) + R"(","organization":"Harbour Books )" +
           std::to_string(state) + R"(","tags":["vip"]})";
  }

  std::string request(const request_client& c) {
    ++next_;
    const auto number = next_ / companies_.size() % c.company->customers.size();
    const auto& customer = c.company->customers[number];
    std::string method = "GET ";
    std::string path = c.company->path;
    std::string content;
    if (route_ == "get") {
      path += "/customers/" + customer;
    } else if (route_ == "list") {
      path += "/customers?limit=100";
    } else if (route_ == "snapshot") {
      path += "/snapshot";
    } else {
      method = "PUT ";
      path += "/customers/" + customer;
      content = body(number, next_);  // never what it was before: an unchanged object is not written
    }
    std::string out = method + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + c.token + "\r\n";
    if (!content.empty())
      out += "Content-Type: application/json\r\nContent-Length: " + std::to_string(content.size()) + "\r\n";
    return out + "\r\n" + content;
  }

  void send(request_client& c) {
    const auto out = request(c);
    c.sent_ns = now_ns();
    if (::send(c.fd.get(), out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size()))
      throw std::runtime_error{"a request could not be sent"};
    ++under_way_;
  }

  void receive(request_client& c, std::uint64_t end) {
    const auto n = ::recv(c.fd.get(), buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      return;
    if (n <= 0)
      throw std::runtime_error{"the server closed the connection"};
    c.in.append(buffer_.data(), static_cast<std::size_t>(n));
    const auto found = read_answer(c.in);
    if (!found)
      return;
    latency.add(now_ns() - c.sent_ns);
    failed += found->good() ? 0 : 1;
    answer_bytes = found->bytes;
    c.in.clear();
    --under_way_;
    if (now_ns() < end)
      send(c);
  }

  endpoint at_;
  std::string route_;
  std::vector<workplace> companies_;
  std::uint64_t next_ = 0;
  poller poller_;
  std::vector<request_client> clients_;
  std::size_t under_way_ = 0;
  std::array<char, 65536> buffer_{};
};

}  // namespace

json_line run_requests(flags& f) {
  const auto at = parse_endpoint(f.text("api", "8080"));
  const auto pids = read_pids(f);
  const auto route = f.text("route", "get");
  const auto clients = f.count("clients", 8);
  const auto rows = f.count("rows", 1000);
  const auto companies = f.count("companies", 1);
  const auto sessions = f.count("sessions", 1);
  const auto warmup = f.number("warmup", 1);
  const auto seconds = f.number("seconds", 5);
  const auto label = f.text("label", "");
  f.reject_unknown();
  if (clients == 0 || companies == 0 || sessions == 0 || rows < companies)
    throw std::invalid_argument{
        "--clients, --companies and --sessions are at least 1, and --rows one for each company"};

  request_run run{at,
                  {route, static_cast<std::uint32_t>(clients), static_cast<std::uint32_t>(rows),
                   static_cast<std::uint32_t>(companies), static_cast<std::uint32_t>(sessions)}};
  run.run(warmup);
  const auto cpu = cpu_of(pids);
  const auto own = own_cpu();
  const auto begun = now_ns();
  run.run(seconds);
  const auto took = static_cast<double>(now_ns() - begun) / static_cast<double>(ns_per_s);
  const auto count = static_cast<double>(run.latency.total());
  const auto ms = [&](double share) {
    return static_cast<double>(run.latency.at(share)) / static_cast<double>(ns_per_ms);
  };

  json_line out;
  if (!label.empty())
    out.add("label", label);
  out.add("route", route);
  out.add("clients", clients);
  out.add("companies", companies);
  out.add_flag("whole", run.failed == 0);
  out.add("requests", run.latency.total());
  out.add("requests_in_all", run.in_all + run.latency.total());
  out.add("failed", run.failed);
  out.add("requests_per_s", count / took);
  out.add("answer_bytes", run.answer_bytes);
  out.add("latency_p50_ms", ms(0.5));
  out.add("latency_p90_ms", ms(0.9));
  out.add("latency_p99_ms", ms(0.99));
  out.add("latency_p999_ms", ms(0.999));
  out.add("server_cpu_us_per_request", (cpu_of(pids) - cpu).total() * 1e6 / count);
  out.add("client_cpu_us_per_request", (own_cpu() - own).total() * 1e6 / count);
  return out;
}

}  // namespace chatmesh::bench
