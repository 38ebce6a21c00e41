// The port through which actors read the committed sequence. app joins it to persistence; neither side sees the other.
// Every call returns at once; the callback comes once, on any thread; nothing = the read failed, try again later.
#pragma once

#include "domain/frame.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace chatmesh::actors {

struct log_position {
  std::uint32_t epoch = 0;
  std::uint64_t head = 0;
  std::uint64_t oldest = 0;  // lowest seq kept; head + 1 when none is
  std::uint64_t authority = 0;
};

// Frames seq > after, ascending and dense, encoded once for all who read them. Empty with after < at.head: what follows
// `after` is no longer kept.
struct log_page {
  log_position at;
  std::uint64_t after = 0;
  std::vector<domain::frame_ptr> frames;
};

struct log_endings {
  std::uint64_t authority = 0;  // these are all that ended up to here
  std::vector<domain::id> sessions;
};

// Whether a stream's right still stands, as of `at`.
struct log_admission {
  log_position at;
  bool session_live = false;  // or API token, or customer
  bool member = false;
};

class event_log {
public:
  virtual ~event_log() = default;
  template <class T>
  using callback = std::function<void(std::optional<T>)>;

  virtual void read_position(domain::id company, callback<log_position>) = 0;
  virtual void read_page(domain::id company, std::uint64_t after, callback<log_page>) = 0;
  virtual void read_endings(domain::id company, std::uint64_t above_authority, callback<log_endings>) = 0;
  // A nil `employee`: `session` is an API token or a customer.
  virtual void read_admission(domain::id company, domain::id session, domain::id employee, callback<log_admission>) = 0;
};

}  // namespace chatmesh::actors
