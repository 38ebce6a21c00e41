// What the codec's source files share among themselves.
#pragma once

#include "domain/body_reader.hpp"
#include "domain/entities.hpp"

namespace chatmesh::domain {

// Reads a company's writable fields; also inside a signup.
company_fields company_part(body_reader& in);

// Appends the writable fields to the JSON object `out`, in the protocol's order. A note's or message's customer_id is
// none of them: it is fixed.
void append_fields(json& out, const company_fields&);
void append_fields(json& out, const employee_fields&);
void append_fields(json& out, const customer_fields&);
void append_fields(json& out, const note_fields&);
void append_fields(json& out, const message_fields&);

}  // namespace chatmesh::domain
