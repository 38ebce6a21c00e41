// The event stream and what belongs to it (protocol §4): events, changes, presence, typing.
#include "actors/hub.hpp"
#include "domain/codec.hpp"
#include "http/auth.hpp"
#include "http/handlers.hpp"
#include "http/input.hpp"
#include "http/io_thread.hpp"
#include "http/poll_stream.hpp"
#include "http/presence.hpp"
#include "http/problem.hpp"
#include "http/refused_stream.hpp"
#include "http/settings.hpp"
#include "http/sse_stream.hpp"
#include "http/stream_head.hpp"

#include <charconv>
#include <memory>

namespace chatmesh::http {

namespace {

constexpr unsigned max_wait_s = 30;
constexpr unsigned max_limit = 500;
constexpr unsigned default_limit = 100;

domain::entity_set read_types(const request& r) {
  const auto text = r.query("types");
  if (!text || text->empty())
    return domain::all_entities;
  domain::entity_set types;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    const auto type = domain::parse_entity(rest.substr(0, comma));
    if (!type)
      throw malformed_request("`types` lists something else than company, employee, customer, note, message, read.");
    types.set(static_cast<std::size_t>(*type));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return types;
}

// Never a fault: what can't be honoured is answered with a `reset`, two cursors like a malformed one.
std::optional<std::string> read_cursor(const request& r) {
  if (const auto last = r.header("Last-Event-ID"); last && !last->empty())
    return std::string{*last};
  std::string found;
  for (const auto& [name, value] : r.query_items)
    if (name == "cursor")
      found = found.empty() ? value : "given twice";
  return found.empty() ? std::nullopt : std::optional{found};
}

unsigned read_number(const request& r, std::string_view name, unsigned otherwise, unsigned least, unsigned most) {
  const auto text = r.query(name);
  if (!text)
    return otherwise;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || value < least || value > most)
    throw malformed_request("`" + std::string{name} + "` must be a number from " + std::to_string(least) + " to " +
                            std::to_string(most) + ".");
  return value;
}

actors::subscriber make_subscriber(const stream_right& who, const request& r) {
  actors::subscriber s;
  s.company = r.segment_id("c");
  s.who.employee = who.reader;
  s.who.by_kind = who.kind;
  s.who.client = client_of_stream(r);
  s.who.entities = read_types(r);
  s.session = who.session;
  s.cursor = read_cursor(r);
  s.session_expires_at = who.expires_at;
  s.as_of = who.as_of;
  s.epoch = who.at.epoch;
  s.head = who.at.head;
  s.authority = who.at.authority;
  return s;
}

std::string to_json(const std::vector<poll_answer::skip>& skips) {
  auto list = domain::json::array();
  for (const auto& each : skips)
    list.push_back({{"from", each.from}, {"to", each.to}});
  return domain::dump(list);
}

problem to_problem(domain::end_reason reason) {
  switch (reason) {
  case domain::end_reason::too_many_streams: {
    problem p{429, "too_many_streams", "This member has as many streams as it may have."};
    p.headers.push_back(retry_after(std::chrono::seconds{5}));
    return p;
  }
  case domain::end_reason::draining:
  case domain::end_reason::overloaded: return unavailable("The server can't take this stream now; try again later.");
  case domain::end_reason::membership_ended:
  case domain::end_reason::company_deleted: return not_found();
  default: return unauthenticated();
  }
}

}  // namespace

// Whatever refuses a stream for now is told in the stream: on any other status an EventSource gives up for good.
asio::awaitable<response> get_events(services& s, request& r) {
  std::optional<stream_right> proven;
  try {
    proven = co_await authenticate_reader(s, r);
  } catch (const problem& p) {
    if (p.status != 429 && p.status != 503)
      throw;
  }
  if (!proven)
    co_return refused_stream(s);
  response answer;
  answer.content_type = "text/event-stream";
  if (r.method == "HEAD") {
    answer.headers.emplace_back("X-Accel-Buffering", "no");
    co_return answer;
  }
  answer.take_over = [&s, thread = r.thread, subscriber = make_subscriber(*proven, r), head = stream_head(r),
                      http_1_0 = r.http_1_0](tcp_socket socket, std::string) mutable {
    const auto stalled = s.settings.stalled_reader_timeout;
    auto stream = std::make_shared<sse_stream>(std::move(socket), thread->streams(), std::move(head), http_1_0,
                                               stalled);
    s.hub.open(thread->unit(), std::move(subscriber), std::move(stream));
  };
  co_return answer;
}

asio::awaitable<response> get_changes(services& s, request& r) {
  auto subscriber = make_subscriber(co_await authenticate_reader(s, r), r);
  subscriber.who.prompt_skips = true;
  const auto limit = read_number(r, "limit", default_limit, 1, max_limit);
  const std::chrono::seconds wait{read_number(r, "wait", 0, 0, max_wait_s)};
  subscriber.counts = wait.count() > 0;
  auto executor = co_await asio::this_coro::executor;
  const auto found = co_await detail::suspend<std::optional<poll_answer>>([&](auto resumer) {
    auto done = [resumer](std::optional<poll_answer> answer) { resumer.resume(std::move(answer)); };
    auto stream = std::make_unique<poll_stream>(executor, r.socket, limit, wait, std::move(done));
    s.hub.open(r.thread->unit(), std::move(subscriber), std::move(stream));
  });
  if (!found)
    throw unavailable();
  if (found->ended)
    throw to_problem(*found->ended);
  response answer;
  answer.body = R"({"events":[)" + found->events + "]";
  if (!found->skips.empty())
    answer.body += R"(,"skips":)" + to_json(found->skips);
  answer.body += R"(,"cursor":")" + found->cursor + R"(","head":)" + std::to_string(found->head);
  if (!found->reset.empty())
    answer.body += R"(,"reset":)" + found->reset;
  answer.body += "}";
  co_return answer;
}

asio::awaitable<response> get_presence(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  response answer;
  answer.body = presence_text(co_await online(s, who.company));
  co_return answer;
}

asio::awaitable<response> post_typing(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  const auto customer = domain::read_typing(read_json(r));
  const bool known = co_await read(s, [company = who.company, customer](persistence::stores& stores) {
    return stores.find_customer(company, customer).has_value();
  });
  if (!known)
    throw domain::invalid{{{"/customer_id", "not_found", "No such customer."}}};
  s.hub.typing(who.company, {customer, who.author(client_token(r))});
  response answer;
  answer.status = 204;
  co_return answer;
}

}  // namespace chatmesh::http
