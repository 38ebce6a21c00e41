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

// `mark(item)`: what the page after that item is asked for by.
template <class T, class Mark>
page<T> make_page(std::vector<T> rows, const page_request& request, Mark mark) {
  page<T> result{std::move(rows), {}};
  if (result.items.size() == page_rows(request)) {
    result.items.pop_back();
    result.next = mark(result.items.back());
  }
  return result;
}

template <class T>
page<T> make_page(std::vector<T> rows, const page_request& request) {
  return make_page(std::move(rows), request, [](const T& last) { return last.id.to_string(); });
}

}  // namespace chatmesh::persistence
