#include "http/input.hpp"

#include "http/auth.hpp"
#include "http/problem.hpp"
#include "http/settings.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <charconv>

namespace chatmesh::http {

namespace {

constexpr std::uint32_t max_page = 500;
constexpr std::size_t max_idempotency_key = 255;

problem unsupported_media(const request& r, std::string detail, std::string types = "application/json") {
  problem p{415, "unsupported_media_type", std::move(detail)};
  if (r.method == "PATCH")
    p.headers.emplace_back("Accept-Patch", "application/merge-patch+json, application/json");
  else
    p.headers.emplace_back("Accept", std::move(types));
  return p;
}

void refuse_content_coding(const request& r) {
  const auto coding = r.header("Content-Encoding");
  if (!coding || to_lower(trim(*coding)) == "identity")
    return;
  problem p{415, "unsupported_media_type", "Bodies are taken without a content coding."};
  p.headers.emplace_back("Accept-Encoding", "identity");  // RFC 9110 §12.5.3: what is wrong is not the type
  throw p;
}

// The media type without its parameters, lower case.
std::string type_of(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

// The value of the media type's parameter `charset`, lower case; empty for none.
std::string charset_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::size_t end = std::min(parameters.find(';'), parameters.size());
    const std::string parameter = to_lower(trim(parameters.substr(0, end)));
    parameters.remove_prefix(std::min(end + 1, parameters.size()));
    if (!parameter.starts_with("charset="))
      continue;
    std::string value = parameter.substr(8);
    std::erase(value, '"');
    return value;
  }
  return {};
}

void check_media_type(const request& r, body_kind kind) {
  refuse_content_coding(r);
  const auto given = r.header("Content-Type");
  if (!given)
    return;
  const std::string type = type_of(*given);
  const bool is_json = type == "application/json" ||
                       (kind == body_kind::merge_patch && type == "application/merge-patch+json");
  if (!is_json)
    throw unsupported_media(r, "The body must be application/json.");
  const std::string charset = charset_of(given->substr(std::min(given->find(';'), given->size())));
  if (!charset.empty() && charset != "utf-8" && charset != "utf8")
    throw unsupported_media(r, "JSON bodies are UTF-8.");
}

bool is_visible_ascii(char c) {
  return c > ' ' && c < '\x7f';
}

// A hash over parts that can't be shifted into each other.
persistence::secret_hash hash_parts(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts)
    all.append(std::to_string(part.size())).append(1, ':').append(part);
  return hash_secret(all);
}

}  // namespace

domain::json read_json(const request& r, body_kind kind) {
  check_media_type(r, kind);
  return domain::parse_object(r.body);
}

domain::image_format read_image_format(const request& r) {
  refuse_content_coding(r);
  const auto format = domain::parse_image_type(type_of(r.header("Content-Type").value_or("")));
  if (!format)
    throw unsupported_media(r, "The body must be image/png, image/jpeg or image/webp.",
                            "image/png, image/jpeg, image/webp");
  return *format;
}

persistence::page_request read_page_request(const request& r) {
  persistence::page_request wanted;
  if (const auto limit = r.query("limit")) {
    const char* end = limit->data() + limit->size();
    const auto [rest, error] = std::from_chars(limit->data(), end, wanted.limit);
    if (error != std::errc{} || rest != end || wanted.limit < 1 || wanted.limit > max_page)
      throw malformed_request("The query parameter 'limit' must be a number from 1 to 500.");
  }
  if (const auto after = r.query("after"))
    wanted.after = std::string{*after};
  return wanted;
}

std::optional<domain::id> read_id_filter(const request& r, std::string_view name) {
  const auto text = r.query(name);
  if (!text)
    return std::nullopt;
  return domain::id::parse(*text).value_or(domain::id{});
}

std::optional<persistence::idempotency> read_idempotency(const request& r) {
  const auto key = r.header("Idempotency-Key");
  if (!key)
    return std::nullopt;
  const auto given = std::ranges::count_if(
      r.headers, [](const auto& field) { return to_lower(field.first) == "idempotency-key"; });
  if (given != 1 || key->empty() || key->size() > max_idempotency_key || !std::ranges::all_of(*key, is_visible_ascii))
    throw malformed_request("Idempotency-Key must be given once, as 1 to 255 visible ASCII characters.");
  return persistence::idempotency{std::string{*key}, hash_parts({r.method, r.path, r.body})};
}

std::string public_base(const settings& s, const request& r) {
  std::string base = s.public_url.empty() ? "http://" + std::string{r.header("Host").value_or("localhost")}
                                          : s.public_url;
  while (base.ends_with('/'))
    base.pop_back();
  return base;
}

}  // namespace chatmesh::http
