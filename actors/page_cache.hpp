// Pages of the log, read once however many connections wait for them.
#pragma once

#include "actors/event_log.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/fwd.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace chatmesh::actors {

using page_ptr = std::shared_ptr<const std::vector<domain::frame_ptr>>;

struct page_waiter {
  caf::actor_id connection = 0;
  std::uint64_t after = 0;
};

// Pages start at multiples of their size, so that a herd whose cursors differ a little shares them; a page that was cut
// short by its bytes is followed by one that starts where a reader stands. No thread of its own.
class page_cache {
public:
  page_cache(std::size_t max_pages, std::size_t page_events) : max_pages_(max_pages), page_events_(page_events) {}

  // A page with the frame that follows `after`.
  page_ptr find(std::uint64_t after) const;

  enum class start : std::uint8_t { aligned, exact };

  // Notes a reader that waits. Answers where to start reading, or nothing if that read is under way already.
  std::optional<std::uint64_t> wait(page_waiter, start from);

  // A page came: keeps it, and answers who waited for the read that started there.
  std::vector<page_waiter> arrived(std::uint64_t begin, page_ptr page);

private:
  struct entry {
    std::uint64_t begin = 0;  // frames are those after this
    page_ptr page;
  };
  std::size_t max_pages_;
  std::uint64_t page_events_;
  std::deque<entry> pages_;
  std::map<std::uint64_t, std::vector<page_waiter>> waiting_;
};

}  // namespace chatmesh::actors
