#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

// A token has no more power than who makes it: only owners hand out an owner's.
written run(write_context& c, const create_api_token& asked) {
  require(domain::may_write_api_token(c.member(), asked.fields.role));
  return c.once(c.author(), [&] {
    refuse_faults(asked.faults);
    domain::api_token made;
    static_cast<domain::api_token_fields&>(made) = asked.fields;
    made.id = domain::id::make();
    made.created_at = c.now;
    c.stores.api_tokens.insert(made, c.signer(), asked.token);
    return c.answer(domain::to_json(made));
  });
}

void end_api_token(write_context& c, const domain::id& company, const domain::id& token) {
  c.stores.api_tokens.remove(token);
  c.ended(company, c.stores.log.end_session(company, token, c.now), token);
}

written run(write_context& c, const revoke_api_token& asked) {
  const domain::id& company = c.member().company_id;
  const domain::api_token current = require(c.stores.api_tokens.find(company, asked.id));
  require(domain::may_write_api_token(c.member(), current.role));
  end_api_token(c, company, current.id);
  return {};
}

written run(write_context& c, const use_api_token& asked) {
  c.stores.api_tokens.touch(asked.id, c.now);
  return {};
}

}  // namespace chatmesh::persistence
