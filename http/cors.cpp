#include "http/cors.hpp"

#include "http/settings.hpp"
#include "http/target.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr std::string_view api_path = "/api/v1/";
constexpr std::string_view widget_path = "/api/v1/widget/";
constexpr std::string_view max_age_s = "600";
constexpr std::string_view widget_exposed = "ETag, Idempotency-Replayed, Retry-After, X-Request-Id";
constexpr std::string_view api_exposed =
    "Allow, Chatmesh-Cursor, ETag, Idempotency-Replayed, Location, Retry-After, WWW-Authenticate, X-Request-Id";

void allow(request& r, std::string_view origin, std::string_view exposed) {
  r.answer_headers.emplace_back("Access-Control-Allow-Origin", origin);
  r.answer_headers.emplace_back("Access-Control-Expose-Headers", exposed);
}

bool allow_one_of(request& r, const std::vector<std::string>& origins, std::string_view exposed) {
  r.answer_headers.emplace_back("Vary", "Origin");
  const auto origin = r.header("Origin");
  if (!origin || std::ranges::find(origins, *origin) == origins.end())
    return false;
  allow(r, *origin, exposed);
  return true;
}

// Of a target that can't be taken apart.
std::string raw_path(std::string_view target) {
  if (const auto authority = target_authority(target))
    target.remove_prefix(static_cast<std::size_t>(authority->data() - target.data()) + authority->size());
  return std::string{target.substr(0, target.find('?'))};
}

}  // namespace

bool allow_origin(request& r, const std::vector<std::string>& origins) {
  return allow_one_of(r, origins, widget_exposed);
}

bool allow_configured_origin(request& r, const settings& s) {
  if (s.cors_origins.empty() || !r.path.starts_with(api_path) || r.path.starts_with(widget_path))
    return false;
  return allow_one_of(r, s.cors_origins, api_exposed);
}

void allow_refusal(request& r, const settings& s) {
  const bool said = std::ranges::find(r.answer_headers, "Vary", [](const auto& each) { return each.first; }) !=
                    r.answer_headers.end();
  if (said)
    return;
  if (r.path.empty())
    r.path = raw_path(r.target);
  if (r.path.starts_with(widget_path))
    allow_any_origin(r);
  else
    allow_configured_origin(r, s);
}

void allow_preflight(response& answer) {
  const auto methods = std::ranges::find(answer.headers, "Allow", [](const auto& each) { return each.first; });
  answer.headers.emplace_back("Access-Control-Allow-Methods", std::string{methods->second});
  answer.headers.emplace_back("Access-Control-Allow-Headers",
                              "Accept, Authorization, Chatmesh-Client, Content-Type, Idempotency-Key, If-Match, "
                              "If-None-Match, Last-Event-ID, X-Request-Id");
  answer.headers.emplace_back("Access-Control-Max-Age", max_age_s);
}

void allow_any_origin(request& r) {
  r.answer_headers.emplace_back("Vary", "Origin");
  if (const auto origin = r.header("Origin"))
    allow(r, *origin, widget_exposed);
}

response preflight_answer(const std::string& methods, bool allowed) {
  response answer;
  answer.status = 204;
  answer.content_type.clear();
  answer.headers.emplace_back("Allow", methods);
  if (allowed) {
    answer.headers.emplace_back("Access-Control-Allow-Methods", methods);
    answer.headers.emplace_back("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Last-Event-ID, Idempotency-Key");
    answer.headers.emplace_back("Access-Control-Max-Age", max_age_s);
  }
  return answer;
}

}  // namespace chatmesh::http
