#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

domain::user insert_user(write_context& c, std::string name, std::string email, std::string password_hash) {
  const domain::user user{domain::id::make(), std::move(name), std::move(email)};
  c.stores.users.insert({user, std::move(password_hash)}, c.now);
  return user;
}

// The login of an invitation's e-mail: the one that exists and was proven, or a new one.
domain::user invited_user(write_context& c, const accept_invitation& asked, const invitation& open,
                          const domain::employee& employee) {
  if (const auto existing = c.stores.users.find_login(open.email)) {
    if (asked.proven_user != existing->user.id)
      refuse(refusal::unauthenticated);
    return existing->user;
  }
  if (!asked.password_hash)
    refuse_field("/password", "required", "a new login needs a password");
  return insert_user(c, asked.name.value_or(employee.name), open.email, *asked.password_hash);
}

}  // namespace

domain::json user_with_memberships(write_context& c, const domain::user& user) {
  domain::json memberships = domain::json::array();
  for (const domain::employee& employee : c.stores.employees.memberships(user.id)) {
    domain::json each;
    each["company"] = domain::to_json(require(c.stores.companies.find(employee.company_id)));
    each["employee"] = domain::to_json(employee);
    memberships.push_back(std::move(each));
  }
  domain::json body;
  body["user"] = domain::to_json(user);
  body["memberships"] = std::move(memberships);
  return body;
}

written run(write_context& c, const sign_up& asked) {
  if (c.stores.users.find_login(asked.email))
    refuse(refusal::email_taken);
  const domain::user user = insert_user(c, asked.name, asked.email, asked.password_hash);
  c.stores.sessions.insert(asked.session, user.id, c.now);
  const founded made = found_company(c, asked.company, user);
  domain::json body;
  body["user"] = domain::to_json(user);
  body["company"] = domain::to_json(made.company);
  body["employee"] = domain::to_json(made.owner);
  return c.answer(body);
}

written run(write_context& c, const open_session& asked) {
  const auto user = c.stores.users.find(asked.user);
  if (!user)
    refuse(refusal::unauthenticated);
  c.stores.sessions.insert(asked.session, user->id, c.now);
  return c.answer(user_with_memberships(c, *user));
}

// Every row of those companies that is committed from now on carries the higher number, so that whoever delivers one
// learns first that this session is over (protocol §4, "No one else").
written run(write_context& c, const close_session&) {
  const user_principal& who = c.user();
  c.stores.sessions.remove(who.session);
  for (const domain::employee& employee : c.stores.employees.memberships(who.user)) {
    const auto at = c.stores.log.end_session(employee.company_id, who.session, c.now);
    c.ended(employee.company_id, at, who.session);
  }
  return {};
}

written run(write_context& c, const accept_invitation& asked) {
  invitation open = require(c.stores.invitations.find_open(asked.token, c.now));
  if (c.stores.log.lock(open.company))
    open = require(c.stores.invitations.find_open(asked.token, c.now));
  domain::employee employee = require(c.stores.employees.find(open.company, open.employee));
  const domain::user user = invited_user(c, asked, open, employee);
  if (c.stores.employees.find_member(open.company, user.id))
    refuse(refusal::email_taken);  // a second membership of the same login
  employee.user_id = user.id;
  employee.status = domain::employee_status::active;
  employee.name = asked.name.value_or(employee.name);
  c.touch(employee);
  c.stores.employees.update(employee);
  c.stores.invitations.remove_of(employee.id);
  c.stores.sessions.insert(asked.session, user.id, c.now);
  c.act_as(employee);
  c.tell(domain::action::updated, employee);
  return c.answer(user_with_memberships(c, user));
}

}  // namespace chatmesh::persistence
