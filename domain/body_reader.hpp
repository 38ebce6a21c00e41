// Reads the members of a request body one by one and gathers every fault, so that one answer names them all.
#pragma once

#include "domain/entities.hpp"
#include "domain/fault.hpp"
#include "domain/text_rules.hpp"

#include <initializer_list>

namespace chatmesh::domain {

// Private to the codec. A member that was not asked for, by any of the functions, is `unknown_field` at the end. A null
// is a missing value where the field may be null, and else a fault: `required` or `wrong_type`. After a fault the
// functions answer some value that nobody uses, because finish_reading() throws.
class body_reader {
public:
  // Both are used until the reader ends. `at` is the JSON pointer of `object` in the body.
  body_reader(const json& object, faults& found, std::string at = {});

  std::string text(std::string_view name, text_rule rule);
  optional_text maybe_text(std::string_view name, text_rule rule);
  bool flag(std::string_view name);  // false where missing
  std::vector<std::string> texts(std::string_view name, std::size_t most, text_rule rule);
  json attributes(std::string_view name, std::size_t most);
  id required_id(std::string_view name);
  std::optional<id> maybe_id(std::string_view name);
  // A field that may be missing but not differ.
  void fixed_id(std::string_view name, const id& current);
  // Nothing, and a fault, if it is missing or no object.
  const json* object(std::string_view name);

  // `words` tells the reader's user what is possible. Without a `fallback` the field is required.
  template <typename Enum>
  Enum choice(std::string_view name, std::optional<Enum> (*parse)(std::string_view), const char* words,
              std::optional<Enum> fallback) {
    const json* value = fallback ? find(name) : find_required(name);
    if (!value || !is_text(name, *value))
      return fallback.value_or(Enum{});
    const auto parsed = parse(value->get_ref<const std::string&>());
    if (!parsed)
      fail(pointer(name), "invalid_value", words);
    return parsed.value_or(Enum{});
  }

  // Members that the server itself returns and that a client may send back.
  void ignore(std::initializer_list<std::string_view> names);

  // Call last: every member that nobody asked for is a fault.
  void reject_unknown();

private:
  const json* find(std::string_view name);
  const json* find_required(std::string_view name);
  bool is_text(std::string_view name, const json& value);
  std::string pointer(std::string_view name) const;
  void check(std::string where, std::string_view text, text_rule rule);
  void fail(std::string where, std::string code, std::string detail);

  const json& object_;
  faults& found_;
  std::string at_;
  std::vector<std::string_view> known_;
};

// Reads a whole body by `read(body_reader&)` and answers its result; adds all faults to `found`.
template <typename Read>
auto read_body(const json& body, faults& found, Read read) {
  body_reader in{body, found};
  auto result = read(in);
  in.reject_unknown();
  return result;
}

// The same; throws `invalid` with all faults.
template <typename Read>
auto read_body(const json& body, Read read) {
  faults found;
  auto result = read_body(body, found, read);
  if (!found.empty())
    throw invalid(std::move(found));
  return result;
}

}  // namespace chatmesh::domain
