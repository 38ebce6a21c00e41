#include "persistence/writer.hpp"

#include "persistence/sql/dialect.hpp"
#include "persistence/write_route.hpp"
#include "persistence/writer_lane.hpp"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace chatmesh::persistence {

struct writer::impl {
  explicit impl(const settings& s) : room(s.writer_queue) {}

  void enqueue(writer_lane& lane, waiting_write write) {
    if (!lane.enqueue(write))
      write.done(refused{refusal::unavailable, {}, {}, {}});
  }

  void probe(const write_request& request, completion done);

  waiting_room room;
  health writes{"writes"};
  std::vector<std::unique_ptr<writer_lane>> lanes;
};

// Of every session: done when the last one has answered, and a refusal of one is the answer of all.
void writer::impl::probe(const write_request& request, completion done) {
  struct gathered {
    std::mutex mutex;
    std::size_t left;
    write_outcome outcome;
    completion done;
  };
  const auto all = std::make_shared<gathered>();
  all->left = lanes.size();
  all->outcome = written{};
  all->done = std::move(done);
  const auto answer = [all](write_outcome outcome) {
    const std::lock_guard lock{all->mutex};
    if (std::holds_alternative<refused>(outcome))
      all->outcome = std::move(outcome);
    if (--all->left == 0)
      all->done(std::move(all->outcome));
  };
  for (const auto& each : lanes)
    enqueue(*each, {request, answer});
}

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
  if (std::holds_alternative<probe_database>(request.command))
    return impl_->probe(request, std::move(done));
  const std::size_t lane = route_of(request).number % impl_->lanes.size();
  impl_->enqueue(*impl_->lanes[lane], {std::move(request), std::move(done)});
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
