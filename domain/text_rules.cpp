#include "domain/text_rules.hpp"

#include "domain/utf8.hpp"

#include <algorithm>
#include <cstdint>

namespace chatmesh::domain {

namespace {

using result = std::optional<broken_rule>;

constexpr std::size_t max_name = 200;
constexpr std::size_t max_email = 254;
constexpr std::size_t max_phone = 32;
constexpr std::size_t max_url = 2048;
constexpr std::size_t max_tag = 64;
constexpr std::size_t max_attribute = 16 * 1024;
constexpr std::size_t max_note = 64 * 1024;
constexpr std::size_t max_message = 16 * 1024;
constexpr std::size_t min_password = 10;
constexpr std::size_t max_password = 1024;

result check_length(std::string_view text, std::size_t least, std::size_t most) {
  const auto length = count_code_points(text);
  if (length < least)
    return broken_rule{"too_short", least == 1 ? "must not be empty"
                                               : "must have at least " + std::to_string(least) + " characters"};
  if (length > most)
    return broken_rule{"too_long", "must have at most " + std::to_string(most) + " characters"};
  return std::nullopt;
}

// Checks the length first: a fault is then one and clear, and no rule looks at a text of unbounded size.
result check_format(std::string_view text, std::size_t most, bool (*is_right)(std::string_view), const char* detail) {
  if (auto broken = check_length(text, 0, most))
    return broken;
  if (!is_right(text))
    return broken_rule{"invalid_format", detail};
  return std::nullopt;
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && !has_control(text);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 3986's reg-name, and any character beyond ASCII for names in other scripts.
bool is_host_char(char c) {
  return is_digit(c) || is_letter(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view{"-._~%!$&'()*+,;="}.find(c) != std::string_view::npos;
}

bool is_ipv6_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit))
    return false;
  std::uint32_t port = 0;
  for (const char c : text)
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  return port <= 65535;
}

// "host", "host:port", "[::1]" or "[::1]:port".
bool is_host_and_port(std::string_view text) {
  std::size_t end = 0;
  if (text.starts_with('[')) {
    const auto bracket = text.find(']');
    if (bracket == std::string_view::npos)
      return false;
    const auto address = text.substr(1, bracket - 1);
    if (address.find(':') == std::string_view::npos)
      return false;
    if (!std::all_of(address.begin(), address.end(), is_ipv6_char))
      return false;
    end = bracket + 1;
  } else {
    end = std::min(text.find(':'), text.size());
    const auto host = text.substr(0, end);
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_char))
      return false;
  }
  const auto rest = text.substr(end);
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

// What follows "http://" or "https://"; schemes have no case.
std::optional<std::string_view> after_scheme(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    const auto same = [](char wanted, char c) { return wanted == (is_letter(c) ? static_cast<char>(c | 0x20) : c); };
    const auto start = text.substr(0, scheme.size());
    if (std::equal(scheme.begin(), scheme.end(), start.begin(), start.end(), same))
      return text.substr(scheme.size());
  }
  return std::nullopt;
}

bool is_url(std::string_view text) {
  const auto rest = after_scheme(text);
  if (!rest || has_blank(text))
    return false;
  auto authority = rest->substr(0, rest->find_first_of("/?#\\"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  return is_host_and_port(authority);
}

bool is_origin(std::string_view text) {
  const auto rest = after_scheme(text);
  return rest && !has_blank(text) && is_host_and_port(*rest);
}

}  // namespace

result any_rule(std::string_view) {
  return std::nullopt;
}

result name_rule(std::string_view text) {
  if (auto broken = check_length(text, 1, max_name))
    return broken;
  if (!has_visible(text))
    return broken_rule{"invalid_value", "must have a visible character"};
  return std::nullopt;
}

result short_text_rule(std::string_view text) {
  return check_length(text, 0, max_name);
}

result email_rule(std::string_view text) {
  return check_format(text, max_email, is_email, "must be an e-mail address");
}

result phone_rule(std::string_view text) {
  return check_length(text, 0, max_phone);
}

result url_rule(std::string_view text) {
  return check_format(text, max_url, is_url, "must be an http or https URL");
}

result origin_rule(std::string_view text) {
  return check_format(text, max_url, is_origin, "must be an http or https origin: scheme://host[:port]");
}

result tag_rule(std::string_view text) {
  return check_length(text, 1, max_tag);
}

result attribute_rule(std::string_view text) {
  return check_length(text, 0, max_attribute);
}

result note_body_rule(std::string_view text) {
  return check_length(text, 1, max_note);
}

result message_body_rule(std::string_view text) {
  return check_length(text, 1, max_message);
}

result new_password_rule(std::string_view text) {
  return check_length(text, min_password, max_password);
}

result login_email_rule(std::string_view text) {
  return check_length(text, 0, max_email);
}

result login_password_rule(std::string_view text) {
  return check_length(text, 0, max_password);
}

}  // namespace chatmesh::domain
