#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

// Who asks for a change of an employee. An API token has no profile of its own, whoever made it.
domain::employee profile_writer(const write_context& c) {
  domain::employee who = c.member();
  if (c.is_api_token())
    who.id = {};
  return who;
}

written put_fields(write_context& c, domain::employee current, domain::employee_fields next) {
  if (next == current)
    return c.unchanged(current);
  if (next.avatar_url != current.avatar_url)
    c.stores.images.keep_only(current.id, next.avatar_url, c.now);
  static_cast<domain::employee_fields&>(current) = std::move(next);
  c.touch(current);
  c.stores.employees.update(current);
  return c.tell(domain::action::updated, current);
}

}  // namespace

written run(write_context& c, const create_employee& asked) {
  const domain::employee& who = c.member();
  require(domain::may_create_employee(who, asked.fields.role));
  return c.once(c.author(), [&] {
    refuse_faults(asked.faults);
    const auto& email = asked.fields.email;
    if (!email)
      refuse_field("/email", "required", "an invitation needs an e-mail address");
    if (c.stores.employees.has_email(who.company_id, email_key(*email)))
      refuse(refusal::email_taken);
    domain::employee made;
    static_cast<domain::record&>(made) = c.new_record();
    static_cast<domain::employee_fields&>(made) = asked.fields;
    made.company_id = who.company_id;
    made.status = domain::employee_status::invited;
    c.number(made);
    c.stores.employees.insert(made);
    c.stores.invitations.insert(asked.invitation, made.id, *email, c.now);
    return c.tell(domain::action::created, made);
  });
}

written update_employee(write_context& c, const update_object& asked) {
  const domain::employee who = profile_writer(c);
  domain::employee current = require(c.stores.employees.find(who.company_id, asked.id));
  const std::uint64_t owners = c.stores.employees.other_owners(who.company_id, current.id);
  // First whether they may change anything here at all, then whether they may make it what they ask for.
  require(domain::may_update_employee(who, current, current, owners));
  c.require_version(current);
  domain::employee_fields next = asked.merge ? domain::merge_employee(asked.body, current)
                                             : domain::read_employee(asked.body);
  require(domain::may_update_employee(who, current, next, owners));
  return put_fields(c, std::move(current), std::move(next));
}

written run(write_context& c, const set_avatar& asked) {
  const domain::employee who = profile_writer(c);
  domain::employee current = require(c.stores.employees.find(who.company_id, asked.employee));
  require(domain::may_update_employee(who, current, current, 1));  // nobody's role changes
  c.require_version(current);
  refuse_faults(asked.faults);
  if (asked.image)
    c.stores.images.insert(current.company_id, current.id, *asked.image);
  domain::employee_fields next = current;
  next.avatar_url = asked.image ? domain::optional_text{asked.url} : std::nullopt;
  return put_fields(c, std::move(current), std::move(next));
}

written delete_employee(write_context& c, const delete_object& asked) {
  const domain::employee& who = c.member();
  domain::employee current = require(c.stores.employees.find(who.company_id, asked.id));
  require(domain::may_remove_employee(who, current, c.stores.employees.other_owners(who.company_id, current.id)));
  c.require_version(current);
  for (domain::customer& customer : c.stores.customers.assigned_to(current.id)) {
    customer.assigned_employee_id.reset();
    customer.assigned_employee.reset();
    c.touch(customer);
    c.stores.customers.update(customer, {.refiled = true});
    c.tell(domain::action::updated, customer);
  }
  for (const domain::id& token : c.stores.api_tokens.made_by(current.id))
    end_api_token(c, current.company_id, token);
  current.status = domain::employee_status::removed;
  c.touch(current);
  c.stores.employees.update(current);
  c.stores.invitations.remove_of(current.id);
  return c.tell(domain::action::deleted, current);
}

}  // namespace chatmesh::persistence
