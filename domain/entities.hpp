// What a company's members share. X_fields is the part that a client may write; X adds what the server keeps.
// Equality of X_fields decides whether a PUT or PATCH changed anything.
#pragma once

#include "domain/id.hpp"
#include "domain/time.hpp"

#include <nlohmann/json.hpp>

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::domain {

using json = nlohmann::ordered_json;

enum class entity : std::uint8_t { company, employee, customer, note, message, read };
enum class action : std::uint8_t { created, updated, deleted };
enum class role : std::uint8_t { agent, admin, owner };  // in order of power
enum class employee_status : std::uint8_t { active, invited, removed };
enum class customer_status : std::uint8_t { open, snoozed, closed };
enum class direction : std::uint8_t { inbound, outbound };
enum class author_kind : std::uint8_t { employee, customer, token, system };

// Names as they stand in JSON and in the database; parse_x() answers nothing for an unknown name.
std::string_view to_string(entity);
std::string_view to_string(action);
std::string_view to_string(role);
std::string_view to_string(employee_status);
std::string_view to_string(customer_status);
std::string_view to_string(direction);
std::string_view to_string(author_kind);
std::optional<entity> parse_entity(std::string_view);
std::optional<action> parse_action(std::string_view);
std::optional<role> parse_role(std::string_view);
std::optional<employee_status> parse_employee_status(std::string_view);
std::optional<customer_status> parse_customer_status(std::string_view);
std::optional<direction> parse_direction(std::string_view);
std::optional<author_kind> parse_author_kind(std::string_view);

// Some of the kinds of objects, indexed by `entity`.
inline constexpr std::size_t entity_count = 6;
using entity_set = std::bitset<entity_count>;
inline constexpr entity_set all_entities{(1U << entity_count) - 1};

using optional_text = std::optional<std::string>;

// What every stored object of a company carries besides its fields.
struct record {
  domain::id id;
  std::uint64_t version = 1;
  timestamp created_at;
  timestamp updated_at;
  std::uint64_t last_seq = 0;  // of the event that told of it last; the server's own, no client sees it
};

struct user {
  domain::id id;
  std::string name;
  std::string email;  // as written; compared without regard to ASCII case
};

struct company_fields {
  std::string name;
  std::vector<std::string> widget_origins;
  friend bool operator==(const company_fields&, const company_fields&) = default;
};

struct company : record, company_fields {
  std::string widget_key;
};

struct employee_fields {
  std::string name;
  optional_text email;  // contact data; not the login
  optional_text phone;
  optional_text title;
  optional_text avatar_url;
  domain::role role = domain::role::agent;
  friend bool operator==(const employee_fields&, const employee_fields&) = default;
};

struct employee : record, employee_fields {
  domain::id company_id;
  std::optional<domain::id> user_id;  // none while invited
  employee_status status = employee_status::active;
};

struct customer_fields {
  std::string name;
  optional_text email;
  optional_text phone;
  optional_text avatar_url;
  optional_text organization;
  customer_status status = customer_status::open;
  std::vector<std::string> tags;
  json attributes = json::object();  // string -> string, number or boolean
  std::optional<domain::id> assigned_employee_id;
  // The order of attributes makes no difference.
  friend bool operator==(const customer_fields&, const customer_fields&);
};

struct customer : record, customer_fields {
  domain::id company_id;
  std::optional<employee> assigned_employee;  // complete, joined when read
  timestamp last_activity_at;                 // no field of the object: a message moves it without a new version
};

struct note_fields {
  domain::id customer_id;  // fixed at creation
  std::string body;
  bool pinned = false;
  friend bool operator==(const note_fields&, const note_fields&) = default;
};

struct note : record, note_fields {
  domain::id company_id;
  employee author;  // complete, joined when read; may have status removed
};

struct message_fields {
  domain::id customer_id;  // fixed at creation
  std::string body;
  friend bool operator==(const message_fields&, const message_fields&) = default;
};

// Who wrote a message, as they were when they wrote it: no version, so no later change reaches it (DESIGN.md).
struct message_author {
  author_kind kind = author_kind::employee;
  domain::id id;
  std::string name;
  optional_text avatar_url;
};

struct message : record, message_fields {
  domain::id company_id;
  domain::direction direction = domain::direction::outbound;
  message_author author;
};

// How far an employee has read a customer's messages. It is that employee's own: nobody else is told of it, nor finds
// it in the audit trail.
struct read_mark : record {
  domain::id company_id;
  domain::id customer_id;
  domain::id employee_id;
  domain::id message_id;  // only ever a later one
};

struct api_token_fields {
  std::string name;
  domain::role role = domain::role::agent;
};

// A program's key to one company, with a role of its own. It is never changed, only made and revoked, so it has no
// version; and no stream tells of it.
struct api_token : api_token_fields {
  domain::id id;
  timestamp created_at;
  std::optional<timestamp> last_used_at;  // to the minute
};

}  // namespace chatmesh::domain
