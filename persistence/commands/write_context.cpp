#include "persistence/commands/write_context.hpp"

#include <algorithm>

namespace chatmesh::persistence {

void refuse(refusal why) {
  throw refused_write{{why, {}, {}, {}}};
}

void refuse_field(std::string pointer, std::string code, std::string detail) {
  throw domain::invalid({{std::move(pointer), std::move(code), std::move(detail)}});
}

void refuse_faults(domain::faults found) {
  if (!found.empty())
    throw domain::invalid(std::move(found));
}

void require(domain::verdict verdict) {
  if (verdict == domain::verdict::forbidden)
    refuse(refusal::forbidden);
  if (verdict == domain::verdict::last_owner)
    refuse(refusal::last_owner);
}

write_context::write_context(store_set& set, const write_request& what, domain::timestamp at)
    : stores(set), request(what), now(at) {
  by_.client = request.client;
  std::visit([this](const auto& who) { prove(who); }, request.who);
}

bool write_context::is_unwanted(std::string_view etag) const {
  if (!request.if_none_match)
    return false;
  const auto& [any, tags] = *request.if_none_match;
  return any || std::ranges::find(tags, etag.substr(1, etag.size() - 2)) != tags.end();
}

void write_context::prove(const user_principal& who) {
  if (!stores.sessions.is_live(who.session, who.user, now))
    refuse(refusal::unauthenticated);
}

void write_context::prove(const member_principal& who) {
  prove(user_principal{who.user, who.session});
  prove_member(who.company, who.user);
}

void write_context::prove(const token_principal& who) {
  if (auto signed_in = stores.employees.find_signed_in(who.company, who.token, now)) {
    member_ = std::move(signed_in->employee);
    act_as(*member_);
  } else {
    prove_api_token(who);
  }
}

// Or it is a session, whose user is no member.
void write_context::prove_api_token(const token_principal& who) {
  auto found = stores.api_tokens.find(who.token);
  if (!found)
    refuse(stores.sessions.find(who.token, now) ? refusal::not_found : refusal::unauthenticated);
  if (found->company != who.company)
    refuse(refusal::not_found);
  const auto& noted = found->token.last_used_at;
  if (!noted || *noted <= now - last_use_precision)  // a change of nothing would still be one
    stores.api_tokens.touch(found->token.id, now);
  act_as(found->token);
  member_ = found->signer;
  member_->role = effective_role(*found);
  signer_ = std::move(found->signer);
}

void write_context::prove_member(const domain::id& company, const domain::id& user) {
  member_ = stores.employees.find_member(company, user);
  if (!member_)
    refuse(refusal::not_found);
  act_as(*member_);
}

// A customer that is gone has taken its tokens along.
void write_context::prove(const visitor_principal& who) {
  visitor_ = stores.customers.find(who.company, who.customer);
  if (!visitor_)
    refuse(refusal::unauthenticated);
  act_as(*visitor_);
}

const domain::employee& write_context::member() const {
  if (!member_)
    refuse(refusal::unauthenticated);
  return *member_;
}

const domain::employee& write_context::signer() const {
  return signer_ ? *signer_ : member();
}

const domain::customer& write_context::visitor() const {
  if (!visitor_)
    refuse(refusal::unauthenticated);
  return *visitor_;
}

const user_principal& write_context::user() const {
  const auto* user = std::get_if<user_principal>(&request.who);
  if (!user)
    refuse(refusal::unauthenticated);
  return *user;
}

void write_context::act_as(const domain::employee& who) {
  by_ = {domain::author_kind::employee, who.id, who.name, request.client};
}

void write_context::act_as(const domain::customer& who) {
  by_ = {domain::author_kind::customer, who.id, who.name, request.client};
}

void write_context::act_as(const domain::api_token& who) {
  by_ = {domain::author_kind::token, who.id, who.name, request.client};
}

void write_context::reserve(const domain::id& company, domain::record& object) {
  reserved_ = {object.id, stores.log.take_slot(company), object.last_seq};
  object.last_seq = reserved_->slot.seq;
}

void write_context::append(const domain::id& company, domain::entity entity, domain::action action,
                           domain::record object, std::string_view text) {
  if (!reserved_ || reserved_->object != object.id)
    reserve(company, object);  // no row of it is written
  domain::change c;
  c.company_id = company;
  c.at = now;
  c.entity = entity;
  c.action = action;
  c.object_id = object.id;
  c.by = by_;
  stores.log.append(c, text, reserved_->slot, action == domain::action::created ? 0 : reserved_->previous_seq);
  reserved_.reset();
  changes_.push_back(std::move(c));
}

std::optional<domain::cursor> write_context::last_cursor() const {
  if (changes_.empty())
    return {};
  return domain::cursor{changes_.back().epoch, changes_.back().seq};
}

std::optional<written> write_context::replay(const domain::id& author) {
  if (!request.key)
    return {};
  auto earlier = stores.answers.find(author, *request.key, now);
  if (!earlier)
    return {};
  if (!earlier->same_request)
    refuse(refusal::idempotency_mismatch);
  earlier->first.replayed = true;
  return std::move(earlier->first);
}

void write_context::remember(const domain::id& author, const written& made) {
  if (request.key)
    stores.answers.insert(author, *request.key, made, now);
}

void write_context::ended(const domain::id& company, authority_mark at, const domain::id& session) {
  ended_.push_back({company, at, {session}});
}

}  // namespace chatmesh::persistence
