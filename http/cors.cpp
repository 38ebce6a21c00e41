#include "http/cors.hpp"

#include <algorithm>

namespace chatmesh::http {

namespace {

void allow(request& r, std::string_view origin) {
  r.answer_headers.emplace_back("Access-Control-Allow-Origin", origin);
  r.answer_headers.emplace_back("Access-Control-Expose-Headers",
                                "ETag, Idempotency-Replayed, Retry-After, X-Request-Id");
}

}  // namespace

bool allow_origin(request& r, const std::vector<std::string>& origins) {
  r.answer_headers.emplace_back("Vary", "Origin");
  const auto origin = r.header("Origin");
  if (!origin || std::ranges::find(origins, *origin) == origins.end())
    return false;
  allow(r, *origin);
  return true;
}

void allow_any_origin(request& r) {
  r.answer_headers.emplace_back("Vary", "Origin");
  if (const auto origin = r.header("Origin"))
    allow(r, *origin);
}

response preflight_answer(bool allowed) {
  response answer;
  answer.status = 204;
  answer.content_type.clear();
  if (allowed) {
    answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST");
    answer.headers.emplace_back("Access-Control-Allow-Headers",
                                "Authorization, Content-Type, Last-Event-ID, Idempotency-Key");
    answer.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  return answer;
}

}  // namespace chatmesh::http
