#include "http/conditions.hpp"

#include "http/problem.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <charconv>

namespace chatmesh::http {

namespace {

constexpr std::size_t max_tags = 16;

// What a list field says in all its lines (RFC 9110 §5.3).
std::optional<std::string> join_lines(const request& r, std::string_view field) {
  std::optional<std::string> joined;
  for (const auto& [name, value] : r.headers) {
    if (to_lower(name) != to_lower(field))
      continue;
    if (joined)
      joined->append(", ").append(value);
    else
      joined = value;
  }
  return joined;
}

bool is_tag_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

// Takes one entity tag off the front of `rest`; nothing if there is none.
std::optional<std::string> take_tag(std::string_view& rest) {
  if (rest.starts_with("W/"))
    rest.remove_prefix(2);
  if (!rest.starts_with('"'))
    return std::nullopt;
  const std::size_t end = rest.find('"', 1);
  if (end == std::string_view::npos)
    return std::nullopt;
  std::string tag{rest.substr(1, end - 1)};
  rest = trim(rest.substr(end + 1));
  if (!std::ranges::all_of(tag, is_tag_character))
    return std::nullopt;
  return tag;
}

// The part before the dot; 0 if it is no version.
std::uint64_t version_of(std::string_view tag) {
  const std::string_view text = tag.substr(0, tag.find('.'));
  std::uint64_t version = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  return error == std::errc{} && rest == text.data() + text.size() ? version : 0;
}

}  // namespace

std::optional<tag_list> read_tags(const request& r, std::string_view field) {
  const auto value = join_lines(r, field);
  if (!value)
    return std::nullopt;
  std::string_view rest = trim(*value);
  if (rest == "*")
    return tag_list{true, {}};
  tag_list list;
  while (!rest.empty()) {
    if (rest.front() == ',') {  // empty elements are allowed (RFC 9110 §5.6.1.2)
      rest = trim(rest.substr(1));
      continue;
    }
    auto tag = take_tag(rest);
    if (!tag || (!rest.empty() && rest.front() != ',') || list.tags.size() == max_tags)
      throw malformed_request(std::string{field} + " must be '*' or a list of up to 16 entity tags in quotes.");
    list.tags.push_back(std::move(*tag));
  }
  if (list.tags.empty())
    throw malformed_request(std::string{field} + " is empty.");
  return list;
}

std::vector<std::uint64_t> read_if_match(const request& r) {
  std::vector<std::uint64_t> versions;
  const auto list = read_tags(r, "If-Match");
  if (!list || list->any)
    return versions;
  for (const std::string& tag : list->tags)
    versions.push_back(version_of(tag));
  return versions;
}

bool matches_none(const request& r, std::string_view etag) {
  const auto list = read_tags(r, "If-None-Match");
  if (!list)
    return false;
  const std::string_view text = etag.size() >= 2 ? etag.substr(1, etag.size() - 2) : etag;
  return list->any || std::ranges::find(list->tags, text) != list->tags.end();
}

void check_conditions(const request& r) {
  read_if_match(r);
  read_tags(r, "If-None-Match");
}

asio::awaitable<persistence::written> write_on_conditions(services& s, const request& r,
                                                          persistence::write_request wanted) {
  const std::vector<std::uint64_t> versions = read_if_match(r);
  if (auto unwanted = read_tags(r, "If-None-Match"))
    wanted.if_none_match = persistence::unwanted_tags{unwanted->any, std::move(unwanted->tags)};
  // The writer compares one version. Of a list each is tried: a mismatch changes nothing.
  for (std::size_t i = 0; i + 1 < versions.size(); ++i) {
    persistence::write_request attempt = wanted;
    attempt.if_match = versions[i];
    try {
      co_return co_await write(s, std::move(attempt));
    } catch (const problem& p) {
      if (p.status != 412)
        throw;
    }
  }
  if (!versions.empty())
    wanted.if_match = versions.back();
  co_return co_await write(s, std::move(wanted));
}

}  // namespace chatmesh::http
