// What the codec's source files share among themselves.
#pragma once

#include "domain/body_reader.hpp"
#include "domain/entities.hpp"
#include "domain/json_writer.hpp"

namespace chatmesh::domain {

// Reads a company's writable fields; also inside a signup.
company_fields company_part(body_reader& in);

// Writes the writable fields into an object that is begun, in the protocol's order. A note's or message's customer_id
// is none of them: it is fixed.
void write_fields(json_writer&, const company_fields&);
void write_fields(json_writer&, const employee_fields&);
void write_fields(json_writer&, const customer_fields&);
void write_fields(json_writer&, const note_fields&);
void write_fields(json_writer&, const message_fields&);

}  // namespace chatmesh::domain
