// The port through which the head watch learns what other nodes committed; app joins it to persistence.
#pragma once

#include "domain/id.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace chatmesh::actors {

// Where one of many companies stands.
struct company_head {
  domain::id company;
  std::uint32_t epoch = 0;
  std::uint64_t head = 0;
  std::uint64_t authority = 0;
};

class head_log {
public:
  virtual ~head_log() = default;
  using callback = std::function<void(std::optional<std::vector<company_head>>)>;

  // Those of the companies that stand elsewhere than `known` says: further on, or in another history. Returns at once;
  // the callback comes once, on any thread; nothing = the read failed. One question at a time.
  virtual void read_newer(std::vector<company_head> known, callback) = 0;

  // Something was committed in that company that nobody told this node; the company is told next. Must not block.
  virtual void missed(const domain::id& company) = 0;
};

}  // namespace chatmesh::actors
