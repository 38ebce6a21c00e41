#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

domain::message_author author_of(domain::author_kind kind, const auto& who) {
  return {kind, who.id, who.name, who.avatar_url};
}

written insert_message(write_context& c, domain::message made, const domain::message_fields& fields) {
  static_cast<domain::record&>(made) = c.new_record();
  static_cast<domain::message_fields&>(made) = fields;
  c.number(made);
  c.stores.messages.insert(made);
  c.stores.customers.touch(made.customer_id, c.now);
  return c.tell(domain::action::created, made);
}

written create_inbound(write_context& c, const create_message& asked) {
  const domain::customer& who = c.visitor();
  return c.once(c.author(), [&] {
    domain::message made;
    made.company_id = who.company_id;
    made.direction = domain::direction::inbound;
    made.author = author_of(domain::author_kind::customer, who);
    return insert_message(c, std::move(made), {who.id, asked.fields.body});
  });
}

written create_outbound(write_context& c, const create_message& asked) {
  const domain::employee& who = c.member();
  return c.once(c.author(), [&] {
    domain::faults found = asked.faults;
    check_customer(c, who.company_id, asked.fields.customer_id, found);
    refuse_faults(std::move(found));
    domain::message made;
    made.company_id = who.company_id;
    made.direction = domain::direction::outbound;
    made.author = author_of(domain::author_kind::employee, c.signer());
    c.stores.images.sign(made.author.id, made.author.avatar_url);
    return insert_message(c, std::move(made), asked.fields);
  });
}

}  // namespace

written run(write_context& c, const create_message& asked) {
  return c.is_visitor() ? create_inbound(c, asked) : create_outbound(c, asked);
}

written update_message(write_context& c, const update_object& asked) {
  const domain::employee& who = c.member();
  domain::message current = require(c.stores.messages.find(who.company_id, asked.id));
  require(domain::may_edit_message(who, current));
  c.require_version(current);
  domain::message_fields next = asked.merge ? domain::merge_message(asked.body, current)
                                            : domain::read_message(asked.body, current);
  if (next == current)
    return c.unchanged(current);
  static_cast<domain::message_fields&>(current) = std::move(next);
  c.touch(current);
  c.stores.messages.update(current);
  return c.tell(domain::action::updated, current);
}

written delete_message(write_context& c, const delete_object& asked) {
  const domain::employee& who = c.member();
  const domain::message current = require(c.stores.messages.find(who.company_id, asked.id));
  require(domain::may_delete_message(who, current));
  c.require_version(current);
  c.stores.messages.remove(current.id);
  return c.tell(domain::action::deleted, current);
}

}  // namespace chatmesh::persistence
