// Lists go by id, newest first: an id holds the time of its making, never changes, and so makes a stable order.
#pragma once

#include "domain/fault.hpp"
#include "persistence/stores.hpp"

#include <algorithm>

namespace chatmesh::persistence {

inline constexpr std::uint32_t max_page = 500;
inline constexpr std::string_view above_all_ids = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// The exclusive upper bound that a page starts from. Throws domain::malformed.
inline std::string page_start(const page_request& request) {
  if (!request.after)
    return std::string{above_all_ids};
  if (!domain::id::parse(*request.after))
    throw domain::malformed("the page is unknown");
  return *request.after;
}

// One row more than asked for: whether it comes tells if there is a next page.
inline std::uint32_t page_rows(const page_request& request) {
  return std::clamp<std::uint32_t>(request.limit, 1, max_page) + 1;
}

template <class T>
page<T> make_page(std::vector<T> rows, const page_request& request) {
  page<T> result{std::move(rows), {}};
  if (result.items.size() == page_rows(request)) {
    result.items.pop_back();
    result.next = result.items.back().id.to_string();
  }
  return result;
}

}  // namespace chatmesh::persistence
