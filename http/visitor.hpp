// A customer who writes through the widget, known by its bearer token alone: no cookie is looked at.
#pragma once

#include "domain/entities.hpp"
#include "http/handler.hpp"

namespace chatmesh::http {

struct visitor {
  domain::company company;
  domain::customer customer;
  domain::id token;                    // its id, which is no secret
  domain::timestamp expires_at;        // the token
  domain::timestamp now;               // the database's clock ...
  persistence::log_position position;  // ... and where the company stood, in the transaction that proved it all

  persistence::visitor_principal principal() const { return {company.id, customer.id}; }
};

// Throws problem 401. Answers CORS for the company's widget_origins, whatever the handler does afterwards.
asio::awaitable<visitor> authenticate_visitor(services&, request&);

}  // namespace chatmesh::http
