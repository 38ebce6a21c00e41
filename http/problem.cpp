#include "http/problem.hpp"

#include <boost/beast/http/status.hpp>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include <algorithm>

namespace chatmesh::http {

namespace {

using json = nlohmann::ordered_json;

std::string_view code_of(persistence::refusal why) {
  switch (why) {
  case persistence::refusal::unauthenticated: return "unauthenticated";
  case persistence::refusal::not_found: return "not_found";
  case persistence::refusal::forbidden: return "forbidden";
  case persistence::refusal::no_employee: return "forbidden";
  case persistence::refusal::last_owner: return "last_owner";
  case persistence::refusal::email_taken: return "email_taken";
  case persistence::refusal::idempotency_in_flight: return "idempotency_in_flight";
  case persistence::refusal::idempotency_mismatch: return "idempotency_mismatch";
  case persistence::refusal::invalid: return "validation_failed";
  case persistence::refusal::version_mismatch: return "version_mismatch";
  case persistence::refusal::unavailable: return "unavailable";
  }
  return "internal";
}

}  // namespace

problem::problem(unsigned s, std::string c, std::string d) : status(s), code(std::move(c)), detail(std::move(d)) {}

problem malformed_request(std::string detail) {
  return {400, "malformed", std::move(detail)};
}

problem unauthenticated() {
  problem result{401, "unauthenticated", "Sign in: there is no session, or it has ended."};
  result.headers.emplace_back("WWW-Authenticate", "Bearer");
  return result;
}

problem forbidden() {
  return {403, "forbidden", "Your role does not allow this."};
}

problem no_employee() {
  return {403, "forbidden", "An API token is no employee, so it has read nothing: sign in as one."};
}

problem not_found() {
  return {404, "not_found", "There is no such thing."};
}

problem draining() {
  problem result{503, "draining", "The server is about to stop; try again."};
  result.headers.push_back(retry_after(std::chrono::seconds{1}));
  result.close = true;
  return result;
}

problem unavailable(std::string detail) {
  problem result{503, "unavailable", std::move(detail)};
  result.headers.push_back(retry_after(std::chrono::seconds{1}));
  return result;
}

problem bad_framing(std::string detail, unsigned status, std::string code) {
  problem result{status, std::move(code), std::move(detail)};
  result.close = true;
  return result;
}

problem to_problem(const domain::invalid& fault) {
  const bool immutable = !fault.list.empty() &&
                         std::ranges::all_of(fault.list, [](const auto& each) { return each.code == "immutable"; });
  problem result{422, immutable ? "immutable" : "validation_failed",
                 immutable ? "A field that can't be changed was changed." : "Some fields are not valid."};
  result.errors = fault.list;
  return result;
}

problem to_problem(const persistence::refused& refused) {
  using enum persistence::refusal;
  const std::string code{code_of(refused.why)};
  switch (refused.why) {
  case unauthenticated: return http::unauthenticated();
  case not_found: return http::not_found();
  case forbidden: return http::forbidden();
  case no_employee: return http::no_employee();
  case last_owner: return {409, code, "The last owner of a company can't be removed or demoted."};
  case email_taken: return {409, code, "This e-mail address is taken."};
  case idempotency_in_flight: return {409, code, "A request with this Idempotency-Key is being answered."};
  case idempotency_mismatch: return {422, code, "This Idempotency-Key was used with another request."};
  case invalid: return to_problem(domain::invalid{refused.faults});
  case unavailable: return http::unavailable();
  case version_mismatch: break;
  }
  problem result{412, code, "The object has changed since: `current` is how it is now."};
  result.current = refused.current;
  result.headers.emplace_back("ETag", refused.etag);
  return result;
}

std::pair<std::string, std::string> retry_after(std::chrono::milliseconds least) {
  const auto seconds = std::max<std::int64_t>(1, (least.count() + 999) / 1000);
  const auto jitter = randombytes_uniform(static_cast<std::uint32_t>(std::min<std::int64_t>(seconds, 60)) + 1);
  return {"Retry-After", std::to_string(seconds + jitter)};
}

response to_response(const problem& p, std::string_view request_id) {
  json body{
      {"type", "about:blank"},
      {"title", std::string{boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(p.status))}},
      {"status", p.status},
      {"detail", p.detail},
      {"code", p.code},
      {"request_id", request_id}};
  if (!p.errors.empty()) {
    auto& errors = body["errors"] = json::array();
    for (const auto& each : p.errors) {
      errors.push_back({{"pointer", each.pointer}, {"code", each.code}, {"detail", each.detail}});
    }
  }
  response result;
  result.status = p.status;
  result.content_type = "application/problem+json";
  result.headers = p.headers;
  result.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  if (!p.current.empty()) {  // already JSON text: spliced in as the last member
    result.body.pop_back();
    result.body.append(",\"current\":").append(p.current).push_back('}');
  }
  return result;
}

}  // namespace chatmesh::http
