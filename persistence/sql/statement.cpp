#include "persistence/sql/statement.hpp"

#include <sodium.h>

#include <charconv>

namespace chatmesh::persistence {

namespace {

// Columns in a list of expressions: the commas outside parentheses, and one.
std::size_t width(std::string_view columns) {
  std::size_t count = 1;
  int depth = 0;
  for (const char c : columns) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    count += c == ',' && depth == 0 ? 1 : 0;
  }
  return count;
}

}  // namespace

sql_text select(std::string_view columns, std::string_view rest) {
  return {std::string{"SELECT "}.append(columns).append(" ").append(rest), width(columns)};
}

sql_text returning(std::string_view columns, std::string_view change) {
  sql_text text{std::string{change}.append(" RETURNING ").append(columns), width(columns)};
  text.changes = true;
  return text;
}

sql_text apart(sql_text text) {
  text.apart = true;
  return text;
}

// ---- row

database_error row::unreadable() {
  return database_error("a stored value has an unexpected form");
}

const column& row::take() {
  if (next_ == columns_.size())
    throw std::logic_error("more columns are read than the statement has");
  return columns_[next_++];
}

bool row::next_is_null() const {
  return columns_.at(next_).state == soci::i_null;
}

std::string row::text() {
  const column& c = take();
  if (c.state == soci::i_null)
    throw unreadable();
  return c.text;
}

domain::optional_text row::optional_text() {
  const column& c = take();
  return c.state == soci::i_null ? domain::optional_text{} : c.text;
}

std::int64_t row::number() {
  const column& c = take();
  std::int64_t value = 0;
  const char* const end = c.text.data() + c.text.size();
  const auto [stop, error] = std::from_chars(c.text.data(), end, value);
  if (c.state == soci::i_null || error != std::errc{} || stop != end)
    throw unreadable();
  return value;
}

std::uint64_t row::count() {
  const std::int64_t value = number();
  if (value < 0)
    throw unreadable();
  return static_cast<std::uint64_t>(value);
}

std::optional<std::uint64_t> row::optional_count() {
  if (!next_is_null())
    return count();
  take();
  return {};
}

domain::id row::id() {
  if (const auto value = domain::id::parse(text()))
    return *value;
  throw unreadable();
}

std::optional<domain::id> row::optional_id() {
  if (!next_is_null())
    return id();
  take();
  return {};
}

domain::timestamp row::time() {
  return domain::timestamp{std::chrono::milliseconds{number()}};
}

std::optional<domain::timestamp> row::optional_time() {
  if (!next_is_null())
    return time();
  take();
  return {};
}

// ---- statement

statement::statement(connection& db, sql_text sql) : db_(db), sql_(std::move(sql)), columns_(sql_.columns) {}

void statement::store(parameter& p, const secret_hash& value) {
  p.text.resize(value.size() * 2 + 1);  // with the terminator that libsodium writes
  sodium_bin2hex(p.text.data(), p.text.size(), value.data(), value.size());
  p.text.pop_back();
}

}  // namespace chatmesh::persistence
