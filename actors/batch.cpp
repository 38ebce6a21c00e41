#include "actors/batch.hpp"

#include <algorithm>

namespace chatmesh::actors {

namespace {

constexpr auto own = static_cast<std::size_t>(domain::entity::read);  // each frame of it is for its author alone

bool same_author(const domain::frame& a, const domain::frame& b) {
  return a.by_id == b.by_id && a.by_kind == b.by_kind && a.client == b.client;
}

bool ends_somebody(const domain::frame& f) {
  return f.ends_company || f.ended_employee != domain::id{};
}

}  // namespace

batch::batch(std::vector<domain::frame_ptr>& waiting) {
  std::size_t count = 1, bytes = waiting.front()->bytes.size();
  if (waiting.front()->kind == domain::frame_kind::event) {
    const auto follows = [&](std::size_t i) {
      return waiting[i]->kind == domain::frame_kind::event && waiting[i]->seq == waiting[i - 1]->seq + 1;
    };
    while (count < waiting.size() && count < max_events && follows(count) &&
           bytes + waiting[count]->bytes.size() <= max_bytes)
      bytes += waiting[count++]->bytes.size();
  }
  const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
  frames_.assign(waiting.begin(), end);
  waiting.erase(waiting.begin(), end);
  joined_ = count == 1 ? frames_.front() : domain::join_events(frames_);
  for (const auto& frame : frames_)
    note(*frame);
}

void batch::note(const domain::frame& f) {
  entities_.set(static_cast<std::size_t>(f.entity));
  ends_somebody_ |= ends_somebody(f);
  if (!f.client.empty() &&
      std::ranges::none_of(authors_, [&](const domain::frame* known) { return same_author(*known, f); }))
    authors_.push_back(&f);
}

bool batch::is_plain_for(const reader& who) const {
  if ((entities_ & ~who.entities).any() || ends_somebody_ || entities_.test(own))
    return false;
  return who.client.empty() || std::ranges::none_of(authors_, [&](const domain::frame* f) { return who.wrote(*f); });
}

bool batch::ends(const reader& who) const {
  return ends_somebody_ && std::ranges::any_of(frames_, [&](const auto& f) {
           return f->ends_company || f->ended_employee == who.employee;
         });
}

}  // namespace chatmesh::actors
