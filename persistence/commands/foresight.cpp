#include "persistence/commands/foresight.hpp"

#include "persistence/write_route.hpp"

namespace chatmesh::persistence {

namespace {

// Who asks: what write_context::prove() looks at.
struct proof {
  store_set& stores;
  domain::timestamp now;

  void operator()(const anonymous&) const {}
  void operator()(const user_principal& who) const { stores.sessions.foresee_live(who.session, who.user, now); }
  void operator()(const member_principal& who) const {
    stores.sessions.foresee_live(who.session, who.user, now);
    stores.employees.foresee_member(who.company, who.user);
  }
  void operator()(const token_principal& who) const { stores.employees.foresee_signed_in(who.company, who.token, now); }
  void operator()(const visitor_principal& who) const { stores.customers.foresee(who.company, who.customer); }
};

// What the command is about.
struct objects {
  store_set& stores;
  const domain::id& company;

  void operator()(const create_note& c) const { stores.customers.foresee(company, c.fields.customer_id); }
  void operator()(const create_message& c) const { stores.customers.foresee(company, c.fields.customer_id); }
  void operator()(const mark_read& c) const {
    stores.customers.foresee(company, c.customer);
    stores.messages.foresee(company, c.message);
  }
  void operator()(const update_object& c) const { object(c.entity, c.id); }
  void operator()(const delete_object& c) const { object(c.entity, c.id); }
  void operator()(const auto&) const {}

  void object(domain::entity entity, const domain::id& id) const {
    switch (entity) {
    case domain::entity::customer: return stores.customers.foresee(company, id);
    case domain::entity::note: return stores.notes.foresee(company, id);
    case domain::entity::message: return stores.messages.foresee(company, id);
    case domain::entity::company:
    case domain::entity::employee:  // changed too seldom
    case domain::entity::read: return;
    }
  }
};

// What hangs on who turned out to ask.
struct author {
  store_set& stores;
  domain::timestamp now;
  const write_request& request;

  void operator()(const member_principal& who) const { of(stores.employees.find_member(who.company, who.user)); }
  void operator()(const token_principal& who) const {
    if (const auto found = stores.employees.find_signed_in(who.company, who.token, now))
      of(found->employee);
    else
      stores.api_tokens.foresee(who.token);
  }
  void operator()(const visitor_principal& who) const { answer_to(who.customer); }
  void operator()(const auto&) const {}

  void of(const std::optional<domain::employee>& found) const {
    if (found)
      of(*found);
  }
  void of(const domain::employee& found) const {
    answer_to(found.id);
    if (const auto* mark = std::get_if<mark_read>(&request.command))
      stores.reads.foresee(found.company_id, found.id, mark->customer);
  }
  void answer_to(const domain::id& who) const {
    if (request.key)
      stores.answers.foresee(who, *request.key, now);
  }
};

}  // namespace

void foresee(store_set& stores, std::span<const write_request* const> batch, domain::timestamp now) {
  for (const write_request* each : batch) {
    std::visit(proof{stores, now}, each->who);
    if (const auto company = route_of(*each).company)
      std::visit(objects{stores, *company}, each->command);
  }
  for (const write_request* each : batch) {
    try {
      std::visit(author{stores, now, *each}, each->who);
    } catch (const database_error&) {  // NOLINT(bugprone-empty-catch): a damaged row is told to who needs it
    }
  }
}

}  // namespace chatmesh::persistence
