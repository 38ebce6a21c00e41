// The one value that a handler gives to the writer, and the one that it gets back.
#pragma once

#include "domain/change.hpp"
#include "domain/cursor.hpp"
#include "domain/entities.hpp"
#include "domain/fault.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace chatmesh::persistence {

// A secret's hash (BLAKE2b-256); the secret itself never reaches this layer.
using secret_hash = std::array<std::uint8_t, 32>;
using secret_key = std::array<std::uint8_t, 32>;  // one of the server's own

// Who asks. The writer proves it inside the transaction: what was true when the request was routed may be over.
struct anonymous {};
struct user_principal {
  domain::id user, session;
};
struct member_principal {
  domain::id company, user, session;
};
struct token_principal {  // a member of the company, by a session's token or an API token: nothing was proven before
  domain::id company;
  secret_hash token;
};
struct visitor_principal {  // a customer with a widget token
  domain::id company, customer;
};
using principal = std::variant<anonymous, user_principal, member_principal, token_principal, visitor_principal>;

struct new_session {
  domain::id id;
  secret_hash token;
  domain::timestamp expires_at;
};

struct new_invitation {
  secret_hash token;
  domain::timestamp expires_at;
};

// ---- commands. Ids of new objects are made by the writer.

struct sign_up {  // anonymous -> {user, company, employee}; refused email_taken
  domain::company_fields company;
  std::string name, email, password_hash;
  new_session session;
};
struct open_session {  // anonymous, password already proven -> {user, memberships}
  domain::id user;
  new_session session;
};
struct close_session {  // user -> nothing; raises the authority of the user's companies
};
struct accept_invitation {  // anonymous or user -> {user, memberships}; refused not_found (unknown, used, expired)
  secret_hash token;
  domain::optional_text name;
  domain::optional_text password_hash;    // for an e-mail without user
  std::optional<domain::id> proven_user;  // the user whose session or password the handler has checked
  new_session session;
};
struct create_company {  // user -> {company, employee}
  domain::company_fields fields;
};
// `faults` of the commands that create: what is wrong with the body already. The command adds what only the database
// can tell, and is refused with all of it, but not before the right to it is proven.
struct create_employee {  // member -> employee; refused email_taken
  domain::employee_fields fields;
  new_invitation invitation;
  domain::faults faults = {};
};
struct create_customer {
  domain::customer_fields fields;
  domain::faults faults = {};
};
struct create_note {
  domain::note_fields fields;
  domain::faults faults = {};
};
struct create_message {  // member: outbound; visitor: inbound, customer_id is the visitor's own
  domain::message_fields fields;
  domain::faults faults = {};
};
struct create_api_token {  // member -> the token without its secret
  domain::api_token_fields fields;
  secret_hash token;
  domain::faults faults = {};
};
struct mark_read {  // member, no API token -> the mark; one that would not move forward stays as it is
  domain::id customer;
  domain::id message;
  domain::faults faults = {};
};
// An image that was checked. What it is called is a hash of it: whoever knows the one has seen the other.
struct new_image {
  secret_hash hash{};
  std::string content_type;
  std::string base64;
};
struct set_avatar {  // member -> employee; no image: none from now on
  domain::id employee;
  std::optional<new_image> image;
  std::string url;  // of the image
  domain::faults faults = {};
};
struct revoke_api_token {  // member -> nothing; raises the authority of the company
  domain::id id;
};
// How exact `last_used_at` is: a token in steady use costs a write in that time.
inline constexpr std::chrono::seconds last_use_precision{60};
struct use_api_token {  // anonymous -> nothing; notes that it is used now
  domain::id id;
};
struct open_widget_session {  // anonymous -> {customer: {id, name, email}}; refused not_found for an unknown widget key
  std::string widget_key;
  domain::optional_text name, email;
  std::optional<secret_hash> customer_token;  // a valid one keeps its customer
  secret_hash new_token;
  domain::timestamp expires_at;
};
// PUT carries the JSON body, PATCH the merge patch: both are read against the current row, inside the transaction.
struct update_object {
  domain::entity entity{};
  domain::id id;  // for entity company: the company itself
  domain::json body;
  bool merge = false;
};
struct delete_object {
  domain::entity entity{};
  domain::id id;
};
struct prune_log {  // maintenance: one small step; answers with written.removed
  std::uint64_t keep_events = 100'000;
  std::chrono::seconds keep_age = std::chrono::hours{7 * 24};
  std::uint32_t max_rows = 500;
  std::chrono::seconds keep_audit = std::chrono::hours{365 * 24};  // of the audit trail; 0 = for ever
};
struct probe_database {  // maintenance: writes, and changes nothing; so a database that takes no writes is found out
};
using command = std::variant<sign_up, open_session, close_session, accept_invitation, create_company, create_employee,
                             create_customer, create_note, create_message, mark_read, set_avatar, create_api_token,
                             revoke_api_token, use_api_token, open_widget_session, update_object, delete_object,
                             prune_log, probe_database>;

// Kept 24 h per author, in the same transaction as the change (protocol §1). `request` is a hash of method, path, body.
struct idempotency {
  std::string key;
  secret_hash request;
};

// What If-None-Match names: each tag's text without quotes and W/, or `*`, which every object there is has.
struct unwanted_tags {
  bool any = false;
  std::vector<std::string> tags;
};

struct write_request {
  principal who;
  std::string client;                     // Chatmesh-Client, empty for none
  std::optional<std::uint64_t> if_match;  // the version that If-Match names
  std::optional<unwanted_tags> if_none_match;
  std::optional<idempotency> key;
  persistence::command command;
};

// ---- answers

struct written {
  std::string body;  // JSON text: the complete object (or what the command's comment says); a deleted
                     // object as it last was; empty for those that answer nothing
  std::string etag;  // with its quotes; empty where the answer is no single object
  std::optional<domain::cursor> cursor;  // of the last event made; none where nothing changed
  bool replayed = false;                 // Idempotency-Key seen before
  std::uint64_t removed = 0;             // prune_log: rows
};

enum class refusal : std::uint8_t {
  unauthenticated,        // 401: the session ended meanwhile, or the proof is missing
  not_found,              // 404: no such thing, or not a member
  forbidden,              // 403
  no_employee,            // 403: an API token has nothing of its own here
  last_owner,             // 409
  email_taken,            // 409
  idempotency_in_flight,  // 409
  idempotency_mismatch,   // 422
  invalid,                // 422: `faults`
  version_mismatch,       // 412: `current`, `etag`
  unavailable             // 503: the database refused, or the queue is full; nothing was written
};

struct refused {
  refusal why{};
  domain::faults faults;
  std::string current;  // JSON text of the complete current object
  std::string etag;
};

using write_outcome = std::variant<written, refused>;

}  // namespace chatmesh::persistence
