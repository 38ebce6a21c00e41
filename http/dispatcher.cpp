#include "http/dispatcher.hpp"

#include "http/accept.hpp"
#include "http/compression.hpp"
#include "http/cors.hpp"
#include "http/metrics.hpp"
#include "http/problem.hpp"
#include "http/refused_stream.hpp"
#include "http/settings.hpp"
#include "http/target.hpp"

#include <boost/core/demangle.hpp>
#include <spdlog/spdlog.h>

namespace chatmesh::http {

namespace {

void log_fault(const request& r, const route* found, const char* what) {
  // The pattern, not the path: a path may hold an invitation's token.
  spdlog::error("request {}: {} {} failed: {}", r.request_id, r.method, found ? found->pattern : "?", what);
}

// The exception that is being handled, as a problem.
problem current_problem(const request& r, const route* found) {
  try {
    throw;
  } catch (const problem& p) {
    return p;
  } catch (const domain::malformed& fault) {
    return malformed_request(fault.what());
  } catch (const domain::invalid& fault) {
    return to_problem(fault);
  } catch (const persistence::database_error& fault) {
    log_fault(r, found, fault.what());
    return unavailable();
  } catch (const std::exception& fault) {
    // Its text may quote what the client sent: the type has to do.
    log_fault(r, found, boost::core::demangle(typeid(fault).name()).c_str());
  } catch (...) {
    log_fault(r, found, "unknown exception");
  }
  return {500, "internal", "The server failed to answer; the fault is logged under this request_id."};
}

void negotiate(const request& r, const route& found) {
  if (found.answers == answer_kind::any)
    return;
  const auto* type = found.answers == answer_kind::events ? "text/event-stream" : "application/json";
  if (!accepts(joined_field(r, "Accept"), type)) {
    throw problem{406, "not_acceptable", std::string{"This resource answers with "} + type + "."};
  }
}

response tell_methods(std::string allow) {
  response result;
  result.status = 204;
  if (allow.find("PATCH") != std::string::npos)
    result.headers.emplace_back("Accept-Patch", "application/merge-patch+json, application/json");
  result.headers.emplace_back("Allow", std::move(allow));
  return result;
}

// What OPTIONS says of a path that has no handler for it; a preflight is told what pages of other origins may do.
response answer_options(const request& r, std::string methods, bool allowed_origin) {
  response result = tell_methods(std::move(methods));
  if (allowed_origin && r.header("Access-Control-Request-Method"))
    allow_preflight(result);
  return result;
}

// Fills what the target says; finds the route. Nothing: `ready` holds the answer.
const route* prepare(services& s, const router& routes, request& r, response& ready) {
  if (r.target == "*") {
    ready = tell_methods("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT");
    return nullptr;
  }
  auto target = parse_target(r.target);
  r.path = target.path();
  r.query_items = std::move(target.query);
  if (!target.nameable)
    throw not_found();
  const bool allowed_origin = allow_configured_origin(r, s.settings);
  const auto* found = routes.find(r, target.segments);
  if (!found)
    ready = answer_options(r, routes.allow(target.segments), allowed_origin);
  if (s.draining && (!found || found->answers == answer_kind::json))
    throw draining();
  if (found && r.method == "OPTIONS")
    r.methods = routes.allow(target.segments);
  if (found)
    negotiate(r, *found);
  return found;
}

void add_answer_headers(response& to, request& r) {
  for (auto& [name, value] : r.answer_headers) {
    if (name == "Vary")
      add_vary(to.headers, value);
    else
      to.headers.emplace_back(std::move(name), std::move(value));
  }
}

}  // namespace

asio::awaitable<answer> dispatch(services& s, const router& routes, request& r) {
  answer result;
  std::optional<problem> fault;
  try {
    result.route = prepare(s, routes, r, result.response);
    if (result.route) {
      result.response = co_await result.route->run(s, r);
      if (negotiate_coding(r, *result.route, result.response))
        co_await compress(s, result.response);
    }
  } catch (...) {
    fault = current_problem(r, result.route);
  }
  if (fault) {
    result.response = to_response(*fault, r.request_id);
    result.response.close = fault->close;
    allow_refusal(r, s.settings);
  }
  add_answer_headers(result.response, r);
  s.metrics.answered(result.route, result.response.status);
  co_return result;
}

answer refuse(services& s, const problem& fault, request& r) {
  answer result;
  result.response = to_response(fault, r.request_id);
  result.response.close = true;
  allow_refusal(r, s.settings);
  add_answer_headers(result.response, r);
  s.metrics.answered(nullptr, fault.status);
  return result;
}

answer turn_away(services& s, const router& routes, request& r) {
  answer result;
  try {
    result.route = prepare(s, routes, r, result.response);
  } catch (const problem&) {
    // Whatever is wrong with it: there is no room for it.
  }
  if (!result.route || result.route->answers != answer_kind::events)
    return refuse(s, unavailable("The server has as many connections as it may have; try again later."), r);
  result.response = refused_stream(s);
  allow_refusal(r, s.settings);
  add_answer_headers(result.response, r);
  s.metrics.answered(result.route, result.response.status);
  return result;
}

}  // namespace chatmesh::http
