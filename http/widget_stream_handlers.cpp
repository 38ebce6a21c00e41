// The customer's side of the event stream (protocol §3, §4).
#include "actors/hub.hpp"
#include "http/auth.hpp"
#include "http/cors.hpp"
#include "http/handlers.hpp"
#include "http/io_thread.hpp"
#include "http/problem.hpp"
#include "http/refused_stream.hpp"
#include "http/sealed_cursor.hpp"
#include "http/settings.hpp"
#include "http/stream_head.hpp"
#include "http/visitor.hpp"
#include "http/widget_stream.hpp"

#include <memory>

namespace chatmesh::http {

namespace {

constexpr const char* no_cursor = "sealed by another";  // which no cursor looks like: the stream begins with a `reset`

// The place in the company's sequence that the customer names: as for a member, but sealed.
std::optional<std::string> read_cursor(const request& r, const cursor_seal& seal) {
  std::string given;
  if (const auto last = r.header("Last-Event-ID"); last && !last->empty())
    given = *last;
  else
    for (const auto& [name, value] : r.query_items)
      if (name == "cursor")
        given = given.empty() ? value : no_cursor;
  if (given.empty() || given == "0")
    return given.empty() ? std::nullopt : std::optional{given};
  const auto cursor = seal.open(given);
  return cursor ? domain::to_string(*cursor) : no_cursor;
}

actors::subscriber make_subscriber(const visitor& who, const request& r, const cursor_seal& seal) {
  actors::subscriber s;
  s.company = who.company.id;
  s.who.employee = who.customer.id;
  s.who.by_kind = domain::author_kind::customer;
  s.who.client = client_of_stream(r);
  s.who.entities.reset();
  s.who.entities.set(static_cast<std::size_t>(domain::entity::message));
  s.who.entities.set(static_cast<std::size_t>(domain::entity::customer));  // its own end
  s.session = who.token;
  s.cursor = read_cursor(r, seal);
  s.session_expires_at = who.expires_at;
  s.as_of = who.now;
  s.epoch = who.position.epoch;
  s.head = who.position.head;
  s.authority = who.position.authority;
  return s;
}

asio::awaitable<cursor_seal> seal_of(services& s, domain::id customer) {
  auto job = [](persistence::stores& stores) { return stores.cursor_key(); };
  co_return cursor_seal{co_await read(s, job), customer};
}

}  // namespace

// Refused for now is told in the stream, as to members.
asio::awaitable<response> get_widget_events(services& s, request& r) {
  std::optional<visitor> who;
  std::optional<cursor_seal> seal;
  try {
    who = co_await authenticate_visitor(s, r);
    seal = co_await seal_of(s, who->customer.id);
  } catch (const problem& p) {
    if (p.status != 429 && p.status != 503)
      throw;
  }
  if (!who || !seal) {
    allow_refusal(r, s.settings);
    co_return refused_stream(s);
  }
  response answer;
  answer.content_type = "text/event-stream";
  if (r.method == "HEAD") {
    answer.headers.emplace_back("X-Accel-Buffering", "no");
    co_return answer;
  }
  answer.take_over = [&s, thread = r.thread, subscriber = make_subscriber(*who, r, *seal), head = stream_head(r),
                      http_1_0 = r.http_1_0, seal = *seal](tcp_socket socket, std::string) mutable {
    auto peer = std::make_shared<sse_stream>(std::move(socket), thread->streams(), std::move(head), http_1_0,
                                             s.settings.stalled_reader_timeout);
    auto farewell = [&s] { return s.hub.refuse(domain::end_reason::session_ended); };
    auto stream = std::make_shared<widget_stream>(std::move(peer), subscriber.company, subscriber.who.employee, seal,
                                                  std::move(farewell));
    s.hub.open(thread->unit(), std::move(subscriber), std::move(stream));
  };
  co_return answer;
}

}  // namespace chatmesh::http
