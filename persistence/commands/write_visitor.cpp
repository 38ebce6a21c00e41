#include "persistence/commands/handlers.hpp"

namespace chatmesh::persistence {

namespace {

constexpr const char* default_name = "Visitor";

// Only a valid token names an existing customer; an e-mail never does (protocol §3).
std::optional<domain::customer> find_returning(write_context& c, const domain::id& company,
                                               const open_widget_session& asked) {
  if (!asked.customer_token)
    return {};
  const auto visitor = c.stores.visitors.find(*asked.customer_token, c.now);
  if (!visitor || visitor->company != company)
    return {};
  return c.stores.customers.find(company, visitor->customer);
}

domain::customer create_visitor(write_context& c, const domain::id& company, const open_widget_session& asked) {
  domain::customer made;
  static_cast<domain::record&>(made) = c.new_record();
  made.company_id = company;
  made.name = asked.name.value_or(default_name);
  made.email = asked.email;
  c.number(made);
  c.stores.customers.insert(made);
  c.act_as(made);
  c.tell(domain::action::created, made);
  return made;
}

// As where an API token is revoked: whoever delivers a later row learns first that these tokens are over. Room is made
// before the new token comes, so that it is never what goes.
void end_surplus_tokens(write_context& c, const domain::customer& of) {
  for (const domain::id& token : c.stores.visitors.remove_surplus(of.id))
    c.ended(of.company_id, c.stores.log.end_session(of.company_id, token, c.now), token);
}

}  // namespace

written run(write_context& c, const open_widget_session& asked) {
  domain::company company = require(c.stores.companies.find_by_widget_key(asked.widget_key));
  if (c.stores.log.lock(company.id))
    company = require(c.stores.companies.find_by_widget_key(asked.widget_key));
  const auto returning = find_returning(c, company.id, asked);
  const domain::customer customer = returning ? *returning : create_visitor(c, company.id, asked);
  end_surplus_tokens(c, customer);
  c.stores.visitors.insert(asked.new_token, customer.id, c.now, asked.expires_at);
  domain::json shown;
  shown["id"] = customer.id.to_string();
  shown["name"] = customer.name;
  shown["email"] = customer.email ? domain::json(*customer.email) : domain::json();
  domain::json body;
  body["customer"] = std::move(shown);
  return c.answer(body);
}

}  // namespace chatmesh::persistence
