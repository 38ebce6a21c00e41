// Cursors of a customer's own stream (protocol §4, "Widget streams"): encrypted, since the numbers within tell how much
// goes on in the company.
#pragma once

#include "domain/cursor.hpp"
#include "domain/id.hpp"
#include "persistence/stores.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::http {

class cursor_seal {
public:
  // `server`: the same on every start and every node. What one customer's seals, no other's opens.
  cursor_seal(const persistence::secret_key& server, const domain::id& customer);

  std::string seal(const domain::cursor&) const;
  // Nothing for a text that this customer was never given.
  std::optional<domain::cursor> open(std::string_view sealed) const;

private:
  std::array<unsigned char, 32> key_{};
};

}  // namespace chatmesh::http
