#include "domain/entities.hpp"

#include <algorithm>
#include <tuple>

namespace chatmesh::domain {

namespace {

// In the order of the enumerators.
constexpr std::string_view entity_names[] = {"company", "employee", "customer", "note", "message", "read"};
constexpr std::string_view action_names[] = {"created", "updated", "deleted"};
constexpr std::string_view role_names[] = {"agent", "admin", "owner"};
constexpr std::string_view employee_status_names[] = {"active", "invited", "removed"};
constexpr std::string_view customer_status_names[] = {"open", "snoozed", "closed"};
constexpr std::string_view direction_names[] = {"inbound", "outbound"};
constexpr std::string_view author_kind_names[] = {"employee", "customer", "token", "system"};

template <typename Enum, std::size_t Count>
std::optional<Enum> find_name(const std::string_view (&names)[Count], std::string_view text) {
  const auto* found = std::find(std::begin(names), std::end(names), text);
  if (found == std::end(names))
    return std::nullopt;
  return static_cast<Enum>(found - std::begin(names));
}

template <typename Enum, std::size_t Count>
std::string_view name_of(const std::string_view (&names)[Count], Enum value) {
  return names[static_cast<std::size_t>(value)];
}

// 1 and 1.0 are different texts in the answer, so they are different values here.
bool same_scalar(const json& a, const json& b) {
  return a.is_number_float() == b.is_number_float() && a == b;
}

// The order of an object's members means nothing in JSON.
bool same_members(const json& a, const json& b) {
  if (a.size() != b.size())
    return false;
  for (const auto& [key, value] : a.items()) {
    const auto other = b.find(key);
    if (other == b.end() || !same_scalar(value, *other))
      return false;
  }
  return true;
}

}  // namespace

std::string_view to_string(entity x) {
  return name_of(entity_names, x);
}
std::string_view to_string(action x) {
  return name_of(action_names, x);
}
std::string_view to_string(role x) {
  return name_of(role_names, x);
}
std::string_view to_string(employee_status x) {
  return name_of(employee_status_names, x);
}
std::string_view to_string(customer_status x) {
  return name_of(customer_status_names, x);
}
std::string_view to_string(direction x) {
  return name_of(direction_names, x);
}
std::string_view to_string(author_kind x) {
  return name_of(author_kind_names, x);
}

std::optional<entity> parse_entity(std::string_view text) {
  return find_name<entity>(entity_names, text);
}
std::optional<action> parse_action(std::string_view text) {
  return find_name<action>(action_names, text);
}
std::optional<role> parse_role(std::string_view text) {
  return find_name<role>(role_names, text);
}
std::optional<employee_status> parse_employee_status(std::string_view text) {
  return find_name<employee_status>(employee_status_names, text);
}
std::optional<customer_status> parse_customer_status(std::string_view text) {
  return find_name<customer_status>(customer_status_names, text);
}
std::optional<direction> parse_direction(std::string_view text) {
  return find_name<direction>(direction_names, text);
}
std::optional<author_kind> parse_author_kind(std::string_view text) {
  return find_name<author_kind>(author_kind_names, text);
}

bool operator==(const customer_fields& a, const customer_fields& b) {
  const auto plain = [](const customer_fields& f) {
    return std::tie(f.name, f.email, f.phone, f.avatar_url, f.organization, f.status, f.tags, f.assigned_employee_id);
  };
  return plain(a) == plain(b) && same_members(a.attributes, b.attributes);
}

}  // namespace chatmesh::domain
