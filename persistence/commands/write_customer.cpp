#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

// The employee that a customer is to be assigned to.
std::optional<domain::employee> find_assignee(write_context& c, const domain::id& company,
                                              const domain::customer_fields& fields) {
  if (!fields.assigned_employee_id)
    return {};
  auto found = c.stores.employees.find(company, *fields.assigned_employee_id);
  if (!found)
    refuse_field("/assigned_employee_id", "not_found", "no such employee");
  return found;
}

}  // namespace

domain::customer require_customer(write_context& c, const domain::id& company, const domain::id& customer) {
  auto found = c.stores.customers.find(company, customer);
  if (!found)
    refuse_field("/customer_id", "not_found", "no such customer");
  return *std::move(found);
}

written run(write_context& c, const create_customer& asked) {
  const domain::employee& who = c.member();
  return c.once(who.id, [&] {
    domain::customer made;
    static_cast<domain::record&>(made) = c.new_record();
    static_cast<domain::customer_fields&>(made) = asked.fields;
    made.company_id = who.company_id;
    made.assigned_employee = find_assignee(c, who.company_id, made);
    c.stores.customers.insert(made);
    return c.tell(domain::action::created, made);
  });
}

written update_customer(write_context& c, const update_object& asked) {
  domain::customer current = require(c.stores.customers.find(c.member().company_id, asked.id));
  c.require_version(current);
  domain::customer_fields next = asked.merge ? domain::merge_customer(asked.body, current)
                                             : domain::read_customer(asked.body);
  auto assignee = find_assignee(c, current.company_id, next);
  if (next == current)
    return c.unchanged(current);
  const bool other_tags = next.tags != current.tags;
  static_cast<domain::customer_fields&>(current) = std::move(next);
  current.assigned_employee = std::move(assignee);
  c.touch(current);
  c.stores.customers.update(current);
  if (other_tags)
    c.stores.customers.set_tags(current);
  return c.tell(domain::action::updated, current);
}

// The one event implies the end of the customer's notes and messages.
written delete_customer(write_context& c, const delete_object& asked) {
  const domain::customer current = require(c.stores.customers.find(c.member().company_id, asked.id));
  c.require_version(current);
  c.stores.customers.remove(current.id);
  return c.tell(domain::action::deleted, current);
}

}  // namespace chatmesh::persistence
