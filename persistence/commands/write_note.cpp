#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

written run(write_context& c, const create_note& asked) {
  const domain::employee& who = c.member();
  return c.once(c.author(), [&] {
    domain::faults found = asked.faults;
    check_customer(c, who.company_id, asked.fields.customer_id, found);
    refuse_faults(std::move(found));
    domain::note made;
    static_cast<domain::record&>(made) = c.new_record();
    static_cast<domain::note_fields&>(made) = asked.fields;
    made.company_id = who.company_id;
    made.author = c.signer();
    c.number(made);
    c.stores.notes.insert(made);
    return c.tell(domain::action::created, made);
  });
}

written update_note(write_context& c, const update_object& asked) {
  const domain::employee& who = c.member();
  domain::note current = require(c.stores.notes.find(who.company_id, asked.id));
  require(domain::may_write_note(who, current));
  c.require_version(current);
  domain::note_fields next = asked.merge ? domain::merge_note(asked.body, current)
                                         : domain::read_note(asked.body, current);
  if (next == current)
    return c.unchanged(current);
  static_cast<domain::note_fields&>(current) = std::move(next);
  c.touch(current);
  c.stores.notes.update(current);
  return c.tell(domain::action::updated, current);
}

written delete_note(write_context& c, const delete_object& asked) {
  const domain::employee& who = c.member();
  const domain::note current = require(c.stores.notes.find(who.company_id, asked.id));
  require(domain::may_write_note(who, current));
  c.require_version(current);
  c.stores.notes.remove(current.id);
  return c.tell(domain::action::deleted, current);
}

}  // namespace chatmesh::persistence
