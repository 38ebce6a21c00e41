#include "persistence/writer.hpp"

#include "persistence/sql/dialect.hpp"
#include "persistence/write_route.hpp"
#include "persistence/writer_lane.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::persistence {

struct writer::impl {
  explicit impl(const settings& s) : room(s.writer_queue) {}

  waiting_room room;
  health writes{"writes"};
  std::vector<std::unique_ptr<writer_lane>> lanes;
};

writer::writer(const settings& s, commit_listener& listener) : impl_(std::make_unique<impl>(s)) {
  const auto lanes = std::clamp<std::size_t>(s.writers, 1, dialect_of(s.database.kind).max_writers());
  for (std::size_t i = 0; i < lanes; ++i)
    impl_->lanes.push_back(std::make_unique<writer_lane>(s, listener, impl_->room, impl_->writes));
}

// All are stopped before the first goes: an answer may lead to another write.
writer::~writer() {
  for (const auto& each : impl_->lanes)
    each->stop();
}

void writer::submit(write_request request, completion done) {
  const std::size_t lane = route_of(request).number % impl_->lanes.size();
  waiting_write write{std::move(request), std::move(done)};
  if (!impl_->lanes[lane]->enqueue(write))
    write.done(refused{refusal::unavailable, {}, {}, {}});
}

std::size_t writer::depth() const {
  std::size_t all = 0;
  for (const auto& each : impl_->lanes)
    all += each->depth();
  return all;
}

std::optional<std::string_view> writer::trouble() const {
  return impl_->writes.trouble();
}

std::uint64_t writer::failures() const {
  return impl_->writes.failures();
}

}  // namespace chatmesh::persistence
