// One committed change, as the change log keeps it and every stream tells it.
#pragma once

#include "domain/entities.hpp"
#include "domain/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace chatmesh::domain {

// Who made a change, and with which client (Chatmesh-Client; empty = none). Both decide echo suppression (protocol §4).
struct author {
  author_kind kind = author_kind::system;
  std::optional<domain::id> id;  // none for system
  std::string name;
  std::string client;
};

struct change {
  domain::id company_id;
  std::uint32_t epoch = 0;
  std::uint64_t seq = 0;        // dense per company, in commit order
  std::uint64_t authority = 0;  // of the company when this was committed (protocol §4, "No one else")
  timestamp at;
  domain::entity entity = domain::entity::company;
  domain::action action = domain::action::created;
  domain::id object_id;
  author by;
  std::string data;  // the event's `data:` line, complete: see encode_change_data()
};

// A change as the audit trail tells it.
struct audit_entry {
  domain::change change;              // its data are empty where they were pruned
  std::optional<std::string> before;  // the data of the object's event before; none where there was none, or no longer
};

void write(json_writer&, const author&);
void write(json_writer&, const audit_entry&);

// The JSON of an event's `data:` line. `object` is the text of the complete object, used as it is.
// Reads every member of `c` but `data`.
std::string encode_change_data(const change& c, std::string_view object);

}  // namespace chatmesh::domain
