// A prepared SQL statement with the storage that its parameters and columns live in.
// Rules that keep the SQL portable: parameters go by position and each :name stands once in a text; every column
// arrives as text and is read by the row; numbers are 64 bits.
#pragma once

#include "domain/entities.hpp"
#include "persistence/settings.hpp"
#include "persistence/sql/connection.hpp"
#include "persistence/write_command.hpp"

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

// Made from a literal or a string where it is wanted.
struct sql_text {
  // NOLINTBEGIN(google-explicit-constructor): a text is what a statement is made of
  sql_text(std::string sql, std::size_t width = 0) : text(std::move(sql)), columns(width) {}
  sql_text(const char* sql) : text(sql) {}
  // NOLINTEND(google-explicit-constructor)
  std::string text;
  std::size_t columns = 0;
  bool changes = false;  // its rows are rows that it changed
  bool apart = false;    // what it changes is nothing that statement::foresee() is used for
};

// "SELECT <columns> <rest>" and "<change> RETURNING <columns>"; the result's width is counted from `columns`.
sql_text select(std::string_view columns, std::string_view rest);
sql_text returning(std::string_view columns, std::string_view change);
sql_text apart(sql_text);

// Reads the columns of the current row, one after the other. A NULL or a text that the reader can't take throws
// database_error: what is stored was written by this layer.
class row {
public:
  explicit row(const std::vector<column>& columns) : columns_(columns) {}

  std::string text();
  domain::optional_text optional_text();
  std::int64_t number();
  std::uint64_t count();
  std::optional<std::uint64_t> optional_count();
  bool flag() { return number() != 0; }
  domain::id id();
  std::optional<domain::id> optional_id();
  domain::timestamp time();
  std::optional<domain::timestamp> optional_time();
  bool next_is_null() const;

  // A stored name of an enumeration, read by the domain's parse function.
  template <class Enum>
  Enum name(std::optional<Enum> (*parse)(std::string_view)) {
    if (auto value = parse(text()))
      return *value;
    throw unreadable();
  }

private:
  const column& take();
  static database_error unreadable();

  const std::vector<column>& columns_;
  std::size_t next_ = 0;
};

class statement {
public:
  statement(connection& db, sql_text sql);

  statement(const statement&) = delete;  // what is prepared points into it
  statement& operator=(const statement&) = delete;

  // Runs a change; the number of rows that it touched.
  template <class... Values>
  std::uint64_t execute(const Values&... values) {
    bind(values...);
    const resetting guard{*prepared_};
    prepared_->start();
    const std::uint64_t rows = prepared_->affected();
    db_.changes += rows;
    tell_change();
    return rows;
  }

  // Runs a change of which nothing is asked. It may be done later, but before whatever is asked for or committed after
  // it, which is then told of its failure.
  template <class... Values>
  void send(const Values&... values) {
    send_bound(values...);
    tell_change();
  }

  // The same, of what only that object's rows tell.
  template <class... Values>
  void send_about(const domain::id& object, const Values&... values) {
    send_bound(values...);
    db_.engine->forget(object);
  }

  // Says that these rows will be asked for within this transaction, and that they tell of that object, if of one: a
  // database that is far away is asked for many things at once. Answers may come from then; changes make them anew.
  template <class... Values>
  void foresee(const domain::id& about, const Values&... values) {
    bind(values...);
    prepared_->foresee(about);
  }

  // Visits the rows until `visit(row&)` answers false. The visitor must not run this statement again.
  template <class Visit, class... Values>
  void each(Visit visit, const Values&... values) {
    bind(values...);
    const resetting guard{*prepared_};
    for (bool more = prepared_->start(); more; more = prepared_->next()) {
      db_.changes += sql_.changes ? 1 : 0;
      row current{columns_};
      if (!visit(current))
        break;
    }
    if (sql_.changes)
      tell_change();
  }

  // The first row as `read(row&)` makes it; none where there is no row.
  template <class Read, class... Values>
  auto one(Read read, const Values&... values) {
    std::optional<std::invoke_result_t<Read, row&>> result;
    each([&](row& r) { return result.emplace(read(r)), false; }, values...);
    return result;
  }

  // Every row as `read(row&)` makes it.
  template <class Read, class... Values>
  auto all(Read read, const Values&... values) {
    std::vector<std::invoke_result_t<Read, row&>> result;
    each([&](row& r) { return result.push_back(read(r)), true; }, values...);
    return result;
  }

private:
  struct resetting {
    prepared& target;
    ~resetting() { target.reset(); }
  };

  static void store(parameter& p, std::string_view value) { p.text.assign(value); }
  static void store(parameter& p, const domain::id& value) { p.text = value.to_string(); }
  static void store(parameter& p, const secret_hash& value);
  static void store(parameter& p, domain::timestamp value) { store(p, value.time_since_epoch().count()); }
  template <std::integral Number>
  static void store(parameter& p, Number value) {
    p.is_number = true;
    p.number = static_cast<long long>(value);
  }

  template <class T>
  static void assign(parameter& p, const T& value) {
    p.state = soci::i_ok;
    store(p, value);
  }
  template <class T>
  static void assign(parameter& p, const std::optional<T>& value) {
    p.is_number = std::is_arithmetic_v<T> || std::is_same_v<T, domain::timestamp>;
    p.state = value ? soci::i_ok : soci::i_null;
    if (value)
      store(p, *value);
  }

  template <class... Values>
  void bind(const Values&... values) {
    if (!prepared_)
      parameters_.resize(sizeof...(values));
    if (parameters_.size() != sizeof...(values))
      throw std::logic_error("a statement is always run with the same parameters");
    std::size_t i = 0;
    (assign(parameters_[i++], values), ...);
    if (!prepared_)
      prepared_ = db_.engine->prepare(sql_.text, parameters_, columns_);
  }

  template <class... Values>
  void send_bound(const Values&... values) {
    bind(values...);
    const resetting guard{*prepared_};
    prepared_->send();
    ++db_.changes;
  }

  void tell_change() {
    if (!sql_.apart)
      db_.engine->forget_all();
  }

  connection& db_;
  sql_text sql_;
  std::vector<parameter> parameters_;
  std::vector<column> columns_;
  std::unique_ptr<prepared> prepared_;  // last: goes before the storage that it points to
};

}  // namespace chatmesh::persistence
