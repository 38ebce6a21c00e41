#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

// The employee that a customer is to be assigned to. A nil id has its fault already.
std::optional<domain::employee> find_assignee(write_context& c, const domain::id& company,
                                              const domain::customer_fields& fields, domain::faults& found) {
  if (!fields.assigned_employee_id || *fields.assigned_employee_id == domain::id{})
    return {};
  auto assignee = c.stores.employees.find(company, *fields.assigned_employee_id);
  if (!assignee)
    found.push_back({"/assigned_employee_id", "not_found", "no such employee"});
  return assignee;
}

}  // namespace

void check_customer(write_context& c, const domain::id& company, const domain::id& customer, domain::faults& found) {
  if (customer != domain::id{} && !c.stores.customers.find(company, customer))
    found.push_back({"/customer_id", "not_found", "no such customer"});
}

written run(write_context& c, const create_customer& asked) {
  const domain::employee& who = c.member();
  return c.once(c.author(), [&] {
    domain::customer made;
    static_cast<domain::record&>(made) = c.new_record();
    static_cast<domain::customer_fields&>(made) = asked.fields;
    made.company_id = who.company_id;
    domain::faults found = asked.faults;
    made.assigned_employee = find_assignee(c, who.company_id, made, found);
    refuse_faults(std::move(found));
    c.number(made);
    c.stores.customers.insert(made);
    return c.tell(domain::action::created, made);
  });
}

written update_customer(write_context& c, const update_object& asked) {
  domain::customer current = require(c.stores.customers.find(c.member().company_id, asked.id));
  c.require_version(current);
  domain::faults found;
  domain::customer_fields next = asked.merge ? domain::merge_customer(asked.body, current, found)
                                             : domain::read_customer(asked.body, found);
  auto assignee = find_assignee(c, current.company_id, next, found);
  refuse_faults(std::move(found));
  if (next == current)
    return c.unchanged(current);
  customer_changes changed;
  changed.renamed = next.name != current.name;
  changed.refiled = next.status != current.status || next.assigned_employee_id != current.assigned_employee_id;
  changed.retagged = next.tags != current.tags;
  static_cast<domain::customer_fields&>(current) = std::move(next);
  current.assigned_employee = std::move(assignee);
  c.touch(current);
  c.stores.customers.update(current, changed);
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
