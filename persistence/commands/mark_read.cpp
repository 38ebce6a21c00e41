#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

void check_message(write_context& c, const mark_read& asked, domain::faults& found) {
  if (asked.message == domain::id{})
    return;  // has its fault already
  const auto message = c.stores.messages.find(c.member().company_id, asked.message);
  if (!message || message->customer_id != asked.customer)
    found.push_back({"/message_id", "not_found", "no such message of this customer"});
}

}  // namespace

// Ids are in the order of the messages, so the later of two marks is the one with the greater id.
written run(write_context& c, const mark_read& asked) {
  const domain::employee& who = c.member();
  if (c.is_api_token())
    refuse(refusal::no_employee);
  const domain::customer customer = require(c.stores.customers.find(who.company_id, asked.customer));
  domain::faults found = asked.faults;
  check_message(c, asked, found);
  refuse_faults(std::move(found));
  if (auto mark = c.stores.reads.find(who.company_id, who.id, customer.id)) {
    if (asked.message <= mark->message_id)
      return c.unchanged(*mark);
    mark->message_id = asked.message;
    c.touch(*mark);
    c.stores.reads.update(*mark);
    return c.tell(domain::action::updated, *mark);
  }
  domain::read_mark made;
  static_cast<domain::record&>(made) = c.new_record();
  made.company_id = who.company_id;
  made.customer_id = customer.id;
  made.employee_id = who.id;
  made.message_id = asked.message;
  c.number(made);
  c.stores.reads.insert(made);
  return c.tell(domain::action::created, made);
}

}  // namespace chatmesh::persistence
