// What a running command has at hand: proof of who asks, the stores, and the events that it makes. One per command,
// inside its savepoint.
#pragma once

#include "domain/codec.hpp"
#include "domain/etag.hpp"
#include "domain/policy.hpp"
#include "persistence/stores/store_set.hpp"
#include "persistence/write_command.hpp"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace chatmesh::persistence {

// Thrown by a command that must not be done; undoes it.
struct refused_write {
  refused answer;
};
[[noreturn]] void refuse(refusal why);
[[noreturn]] void refuse_field(std::string pointer, std::string code, std::string detail);
void refuse_faults(domain::faults);  // where there are any

// A company whose authority rose because these sessions (or API tokens) ended.
struct ended_notice {
  domain::id company;
  authority_mark at;
  std::vector<domain::id> sessions;
};

constexpr domain::entity entity_of(const domain::company&) {
  return domain::entity::company;
}
constexpr domain::entity entity_of(const domain::employee&) {
  return domain::entity::employee;
}
constexpr domain::entity entity_of(const domain::customer&) {
  return domain::entity::customer;
}
constexpr domain::entity entity_of(const domain::note&) {
  return domain::entity::note;
}
constexpr domain::entity entity_of(const domain::message&) {
  return domain::entity::message;
}

constexpr domain::entity entity_of(const domain::read_mark&) {
  return domain::entity::read;
}

inline const domain::id& company_of(const domain::company& c) {
  return c.id;
}
template <class Object>
const domain::id& company_of(const Object& object) {
  return object.company_id;
}

class write_context {
public:
  // Proves the principal again: throws refused_write for a session that is over or a membership that ended.
  write_context(store_set&, const write_request&, domain::timestamp now);

  store_set& stores;
  const write_request& request;
  const domain::timestamp now;  // the database's clock, the same for the whole transaction

  // Who asks. Each refuses `unauthenticated` where the principal is of another kind. An API token asks as who made it,
  // with the lesser of the token's role and theirs.
  const domain::employee& member() const;
  const domain::customer& visitor() const;
  const user_principal& user() const;
  bool is_visitor() const { return visitor_.has_value(); }
  bool is_api_token() const { return signer_.has_value(); }

  // The member as they are, who signs notes and messages.
  const domain::employee& signer() const;

  // Who the changes are told to be made by, and whose Idempotency-Keys count: the employee, customer or token.
  const domain::id& author() const { return by_.id.value(); }

  // From here on, events are told as made by them.
  void act_as(const domain::employee&);
  void act_as(const domain::customer&);
  void act_as(const domain::api_token&);

  // Answers the stored answer to an author's Idempotency-Key, or makes it and stores it.
  template <class Make>
  written once(const domain::id& author, Make make) {
    if (auto first = replay(author))
      return *std::move(first);
    written made = make();
    remember(author, made);
    return made;
  }

  // Appends the event that the object, as it now is, was created, updated or deleted; and the answer to that.
  template <class Object>
  written tell(domain::action action, const Object& object) {
    std::string text = domain::to_text(object);
    append(company_of(object), entity_of(object), action, object, text);
    return {std::move(text), domain::etag(object), last_cursor(), false, 0};
  }

  // The answer to a change that changes nothing.
  template <class Object>
  written unchanged(const Object& object) const {
    return {domain::to_text(object), domain::etag(object), {}, false, 0};
  }

  // The answer that is no single object.
  written answer(const domain::json& body) const { return {domain::dump(body), {}, last_cursor(), false, 0}; }

  // Refuses `version_mismatch` where the client has asked for another version, or for none that has this tag.
  template <class Object>
  void require_version(const Object& current) const {
    if ((request.if_match && *request.if_match != current.version) || is_unwanted(domain::etag(current)))
      throw refused_write{{refusal::version_mismatch, {}, domain::to_text(current), domain::etag(current)}};
  }

  domain::record new_record() const { return {domain::id::make(), 1, now, now}; }

  // Takes the place in the company's sequence at which tell() will tell of the object, whose row is about to be written
  // and keeps that number. The event carries the authority of now: what ends with it has ended before.
  template <class Object>
  void number(Object& object) {
    reserve(company_of(object), object);
  }

  // The next version, as of now, numbered.
  template <class Object>
  void touch(Object& changed) {
    ++changed.version;
    changed.updated_at = now;
    number(changed);
  }

  void ended(const domain::id& company, authority_mark at, const domain::id& session);

  std::vector<domain::change> take_changes() { return std::move(changes_); }
  std::vector<ended_notice> take_ended() { return std::move(ended_); }

private:
  bool is_unwanted(std::string_view etag) const;  // by If-None-Match; with its quotes

  void prove(const anonymous&) {}
  void prove(const user_principal&);
  void prove(const member_principal&);
  void prove(const token_principal&);
  void prove(const visitor_principal&);
  void prove_member(const domain::id& company, const domain::id& user);
  void prove_api_token(const token_principal&);

  struct reserved_slot {
    domain::id object;
    log_slot slot;
    std::uint64_t previous_seq = 0;  // of the object's event before; 0 = none
  };

  void reserve(const domain::id& company, domain::record& object);
  void append(const domain::id& company, domain::entity, domain::action, domain::record object, std::string_view text);
  std::optional<written> replay(const domain::id& author);
  void remember(const domain::id& author, const written&);
  std::optional<domain::cursor> last_cursor() const;

  std::optional<domain::employee> member_;
  std::optional<domain::employee> signer_;  // for an API token: who made it
  std::optional<domain::customer> visitor_;
  domain::author by_;
  std::optional<reserved_slot> reserved_;  // until its event is told
  std::vector<domain::change> changes_;
  std::vector<ended_notice> ended_;
};

// Refuses what the policy does not allow.
void require(domain::verdict);

// The object, or refuses `not_found`.
template <class Object>
Object require(std::optional<Object> found) {
  if (!found)
    refuse(refusal::not_found);
  return *std::move(found);
}

}  // namespace chatmesh::persistence
