#include "actors/page_cache.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

page_ptr page_cache::find(std::uint64_t after) const {
  for (const auto& e : pages_)
    if (e.begin <= after && after < e.page->back()->seq)
      return e.page;
  return nullptr;
}

std::optional<std::uint64_t> page_cache::wait(page_waiter waiter, start from) {
  auto begin = waiter.after - waiter.after % page_events_;
  // A page from the aligned start that does not reach the reader was cut short, or ended at the head of its time.
  if (from == start::exact ||
      std::any_of(pages_.begin(), pages_.end(), [&](const entry& e) { return e.begin == begin; }))
    begin = waiter.after;
  auto& waiters = waiting_[begin];
  waiters.push_back(waiter);
  return waiters.size() == 1 ? std::optional{begin} : std::nullopt;
}

std::vector<page_waiter> page_cache::arrived(std::uint64_t begin, page_ptr page) {
  std::vector<page_waiter> waiters;
  if (auto it = waiting_.find(begin); it != waiting_.end()) {
    waiters = std::move(it->second);
    waiting_.erase(it);
  }
  if (page && !page->empty()) {
    std::erase_if(pages_, [&](const entry& e) { return e.begin == begin; });
    pages_.push_front({begin, std::move(page)});
    if (pages_.size() > max_pages_)
      pages_.pop_back();
  }
  return waiters;
}

}  // namespace chatmesh::actors
