#include "http/readiness.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <optional>
#include <string_view>

namespace chatmesh::http {

namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view silence = "The database does not answer in time.";

std::string words(std::string_view what, std::optional<std::string_view> why) {
  return std::string{"The database "}
      .append(what)
      .append(": ")
      .append(why.value_or("too many others wait for it, or it is just coming back"))
      .append(".");
}

}  // namespace

struct readiness::question {
  explicit question(const asio::any_io_executor& executor) : over(executor, begun + limit) {}

  bool answered() const { return reads && writes; }
  void note(std::optional<std::string>& into, std::string text) {
    into = std::move(text);
    if (answered())
      over.cancel();
  }

  const clock::time_point begun = clock::now();
  asio::steady_timer over;
  std::optional<std::string> reads, writes;  // empty text: well
};

asio::awaitable<std::string> readiness::ask(services& s) {
  if (!last_ || (last_->answered() && clock::now() - last_->begun > fresh)) {
    const auto executor = co_await asio::this_coro::executor;
    last_ = std::make_shared<question>(executor);
    asio::co_spawn(executor, ask_reads(s, last_), asio::detached);
    asio::co_spawn(executor, ask_writes(s, last_), asio::detached);
  }
  const auto asked = last_;
  if (!asked->answered())
    co_await asked->over.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!asked->answered())
    co_return std::string{silence};
  co_return !asked->writes->empty() ? *asked->writes : *asked->reads;
}

asio::awaitable<void> readiness::ask_reads(services& s, std::shared_ptr<question> asked) {
  std::string text;
  try {
    auto look = [](persistence::stores& stores) { return stores.has_company(); };
    co_await read(s, look);
  } catch (const problem&) {
    text = words("can't be read", s.readers.trouble());
  }
  asked->note(asked->reads, std::move(text));
}

asio::awaitable<void> readiness::ask_writes(services& s, std::shared_ptr<question> asked) {
  std::string text;
  try {
    persistence::write_request probe;
    probe.command = persistence::probe_database{};
    co_await write(s, std::move(probe));
  } catch (const problem&) {
    text = words("takes no writes", s.writer.trouble());
  }
  asked->note(asked->writes, std::move(text));
}

}  // namespace chatmesh::http
