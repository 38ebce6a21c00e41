#include "persistence/stores/customer_marks.hpp"

#include "domain/search_text.hpp"
#include "domain/utf8.hpp"
#include "persistence/sql/hex.hpp"
#include "persistence/stores/paging.hpp"

#include <sodium.h>

#include <charconv>
#include <limits>
#include <utility>

namespace chatmesh::persistence {

namespace {

constexpr char separator = '.';

// What a mark begins with: one of another order is no mark of this one, whatever its digits are.
constexpr char of_activity = 'a', of_name = 'n';

[[noreturn]] void refuse_mark() {
  throw domain::malformed("the page is unknown");
}

// The order's own part, and the id that ends every mark.
std::pair<std::string_view, std::string> take_apart(std::string_view mark, char order) {
  const auto end = mark.rfind(separator);
  if (!mark.starts_with(order) || end == std::string_view::npos || !domain::id::parse(mark.substr(end + 1)))
    refuse_mark();
  return {mark.substr(1, end - 1), std::string{mark.substr(end + 1)}};
}

std::string put_together(char order, std::string_view own, const domain::id& id) {
  return std::string{order}.append(own).append(1, separator).append(id.to_string());
}

std::string hex_of(std::string_view text) {
  return to_hex({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
}

// What is given to the database is text that one of its rows could have.
std::string key_from_hex(std::string_view hex) {
  std::string text(domain::max_sort_key_bytes, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_hex2bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), hex.data(), hex.size(),
                                    nullptr, &size, &end);
  if (failed != 0 || end != hex.data() + hex.size())
    refuse_mark();
  text.resize(size);
  if (!domain::is_utf8(text) || text.find('\0') != std::string::npos)
    refuse_mark();
  return text;
}

}  // namespace

activity_mark read_activity_mark(const page_request& request) {
  if (!request.after)
    return {domain::timestamp::max(), std::string{above_all_ids}};
  auto [own, id] = take_apart(*request.after, of_activity);
  std::int64_t at = 0;
  const auto [end, error] = std::from_chars(own.data(), own.data() + own.size(), at);
  if (error != std::errc{} || end != own.data() + own.size())
    refuse_mark();
  return {domain::timestamp{std::chrono::milliseconds{at}}, std::move(id)};
}

name_mark read_name_mark(const page_request& request) {
  if (!request.after)
    return {};
  auto [own, id] = take_apart(*request.after, of_name);
  return {key_from_hex(own), std::move(id)};
}

std::string mark_of_activity(const domain::customer& last) {
  return put_together(of_activity, std::to_string(last.last_activity_at.time_since_epoch().count()), last.id);
}

std::string mark_of_name(const domain::customer& last) {
  return put_together(of_name, hex_of(domain::sort_key(last.name)), last.id);
}

}  // namespace chatmesh::persistence
