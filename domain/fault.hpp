// Bad input, as values that name the fault. Thrown by readers, turned into 400 and 422 answers by http.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::domain {

// One fault of one field. `pointer` is a JSON pointer (RFC 6901) into the request body; `code` is a stable word:
// required, unknown_field, wrong_type, too_short, too_long, too_many, invalid_format, invalid_value, out_of_range,
// not_found, immutable.
struct fault {
  std::string pointer;
  std::string code;
  std::string detail;
  friend bool operator==(const fault&, const fault&) = default;
};

using faults = std::vector<fault>;

// The bytes are not the JSON that the protocol asks for (§1): answered with 400 `malformed`.
struct malformed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The fields break the rules of §2: answered with 422; `list` holds every fault at once and is never empty.
struct invalid : std::runtime_error {
  explicit invalid(faults f) : std::runtime_error("validation failed"), list(std::move(f)) {}
  faults list;
};

}  // namespace chatmesh::domain
