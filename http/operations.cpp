#include "http/operations.hpp"

#include "http/metrics.hpp"
#include "http/problem.hpp"
#include "http/readiness.hpp"

namespace chatmesh::http {

namespace {

response plain(std::string text) {
  response result;
  result.content_type = "text/plain; charset=utf-8";
  result.body = std::move(text);
  return result;
}

// Alive: the io threads run.
asio::awaitable<response> get_healthz(services&, request&) {
  co_return plain("ok\n");
}

// Ready: requests are welcome and the database reads and writes.
asio::awaitable<response> get_readyz(services& s, request&) {
  if (s.draining)
    throw draining();
  if (auto fault = co_await s.readiness.ask(s); !fault.empty())
    throw unavailable(std::move(fault));
  co_return plain("ready\n");
}

asio::awaitable<response> get_metrics(services& s, request&) {
  auto result = plain(s.metrics.text());
  result.content_type = "text/plain; version=0.0.4; charset=utf-8";
  co_return result;
}

}  // namespace

std::vector<route> operations_routes() {
  return {{"GET", "/healthz", get_healthz, answer_kind::any},
          {"GET", "/readyz", get_readyz, answer_kind::any},
          {"GET", "/metrics", get_metrics, answer_kind::any}};
}

}  // namespace chatmesh::http
