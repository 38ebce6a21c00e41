#include "http/server.hpp"

#include "actors/hub.hpp"
#include "http/operations.hpp"
#include "http/session.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr std::size_t max_operations_sessions = 64;
constexpr std::size_t max_waiting_reads = 32;  // above it, connections wait before they are taken

std::size_t thread_count(const settings& s) {
  return s.threads > 0 ? s.threads : std::max(1U, std::thread::hardware_concurrency() / 2);
}

// Connections above the limit that are heard, only to be told that there is no room: a stream has to hear it its own
// way. A part of the limit, and a few at least.
constexpr std::size_t reserve_divisor = 20;
constexpr std::size_t least_reserve = 8;

room room_for_one_more(std::size_t open, std::size_t limit) {
  if (open < limit)
    return room::ample;
  return open < limit + std::max(least_reserve, limit / reserve_divisor) ? room::reserve : room::none;
}

std::vector<route> joined(std::vector<route> first, std::vector<route> second) {
  std::ranges::move(second, std::back_inserter(first));
  return first;
}

}  // namespace

server::server(caf::actor_system& system, const settings& s, persistence::readers& readers, persistence::writer& writer,
               actors::hub& hub, stream_rights& rights, std::vector<route> api)
    : settings_(s), limiter_(settings_), files_(settings_.web_root, settings_.max_static_bytes), hasher_(settings_),
      readers_(readers), writer_(writer),
      hub_(hub), services_{settings_, readers,  writer, hub,        hasher_,  limiter_,
                           rights,    metrics_, files_, readiness_, draining_},
      api_(joined(std::move(api), files_.routes())), operations_api_(operations_routes()) {
  for (std::size_t i = 0; i < thread_count(settings_); ++i) {
    threads_.push_back(std::make_unique<io_thread>(system, "io", settings_.io_uring));
  }
  listener::setup setup{settings_.address, settings_.port, {}, {}, {}, &metrics_};
  setup.room = [this] { return room_for_one_more(open() + hub_.connections(), settings_.max_connections); };
  for (const auto& each : threads_)
    setup.threads.push_back(each.get());
  setup.on_socket = [this](tcp_socket socket, asio::ip::address remote, io_thread& thread, bool over_limit) {
    session::start(std::move(socket), std::move(remote), thread, services_, api_, over_limit);
  };
  setup.busy = [this] { return readers_.depth() > max_waiting_reads; };
  listener_ = std::make_shared<listener>(std::move(setup));
  metrics_.expect(api_.routes());
  watch();
  if (!settings_.operations)
    return;
  operations_thread_ = std::make_unique<io_thread>(system, "operations");
  listener::setup own{settings_.operations_address,
                      settings_.operations_port,
                      {operations_thread_.get()},
                      {},
                      [this] { return room_for_one_more(operations_thread_->sessions(), max_operations_sessions); },
                      &metrics_};
  own.on_socket = [this](tcp_socket socket, asio::ip::address remote, io_thread& thread, bool over_limit) {
    session::start(std::move(socket), std::move(remote), thread, services_, operations_api_, over_limit);
  };
  operations_ = std::make_shared<listener>(std::move(own));
}

server::~server() {
  if (!running_)
    return;
  stop_accepting();
  close_sessions();
  join();
}

void server::start() {
  running_ = true;
  for (const auto& each : threads_)
    each->start();
  listener_->start();
  if (!operations_)
    return;
  operations_thread_->start();
  operations_->start();
}

void server::stop_accepting() {
  if (draining_.exchange(true))
    return;
  listener_->stop();
}

void server::close_sessions() {
  for (const auto& each : threads_)
    each->close_sessions(settings_.close_timeout);
}

void server::join() {
  if (!std::exchange(running_, false))
    return;
  for (const auto& each : threads_)
    each->join();
  if (!operations_)
    return;
  operations_->stop();
  operations_thread_->close_sessions(std::chrono::seconds{1});
  operations_thread_->join();
}

std::size_t server::open() const {
  std::size_t sum = 0;
  for (const auto& each : threads_)
    sum += each->sessions();
  return sum;
}

void server::watch() {
  using enum metrics::kind;
  const auto watch_one = [this](std::string name, std::string help, std::function<double()> value) {
    metrics_.watch(gauge, std::move(name), std::move(help), {}, {{{}, std::move(value)}});
  };
  watch_one("chatmesh_http_sessions", "Open HTTP connections that are no streams.", [this] { return double(open()); });
  watch_one("chatmesh_streams", "Open event streams.", [this] { return double(hub_.connections()); });
  watch_one("chatmesh_companies", "Companies with an actor.", [this] { return double(hub_.companies()); });
  watch_one("chatmesh_writer_depth", "Writes that wait or run.", [this] { return double(writer_.depth()); });
  watch_one("chatmesh_reader_depth", "Reads that wait or run.", [this] { return double(readers_.depth()); });
  metrics_.watch(gauge, "chatmesh_database_serves", "1: the last transaction of that kind did not fail.", "what",
                 {{"reads", [this] { return readers_.trouble() ? 0.0 : 1.0; }},
                  {"writes", [this] { return writer_.trouble() ? 0.0 : 1.0; }}});
  metrics_.watch(counter, "chatmesh_database_failures_total", "Transactions that the database failed.", "what",
                 {{"reads", [this] { return double(readers_.failures()); }},
                  {"writes", [this] { return double(writer_.failures()); }}});
  watch_one("chatmesh_rate_buckets", "Addresses and tokens whose rate is known.",
            [this] { return double(limiter_.address_buckets() + limiter_.token_buckets()); });
  std::vector<metrics::reading> ends;
  for (int i = 0; i <= static_cast<int>(domain::end_reason::company_deleted); ++i) {
    const auto reason = static_cast<domain::end_reason>(i);
    ends.push_back({std::string{domain::to_string(reason)}, [this, reason] { return double(hub_.ends(reason)); }});
  }
  metrics_.watch(counter, "chatmesh_stream_ends_total", "Streams that the server ended, by reason.", "reason",
                 std::move(ends));
}

}  // namespace chatmesh::http
