#include "http/stream_rights.hpp"

#include <algorithm>
#include <cstring>

namespace chatmesh::http {

// It is a hash already.
std::size_t stream_rights::hash_of_secret::operator()(const persistence::secret_hash& secret) const noexcept {
  std::size_t part = 0;
  std::memcpy(&part, secret.data(), sizeof part);
  return part;
}

// As of now by the database's clock, reckoned from before it was asked: so never later than that clock would say.
std::optional<stream_right> stream_rights::find(const persistence::token_principal& who) {
  const std::lock_guard guard{mutex_};
  const auto of = companies_.find(who.company);
  if (of == companies_.end())
    return std::nullopt;
  const auto found = of->second.rights.find(who.token);
  if (found == of->second.rights.end())
    return std::nullopt;
  const auto age = std::chrono::ceil<std::chrono::milliseconds>(now_() - found->second.proven);
  auto right = found->second.right;
  right.as_of += age;
  if (age >= std::min(lifetime, right.good) || right.as_of >= right.expires_at)
    return std::nullopt;
  right.at.head = of->second.head;
  right.at.authority = of->second.authority;
  return right;
}

stream_rights::question stream_rights::ask() const {
  const std::lock_guard guard{mutex_};
  return {now_(), unseen_};
}

// What was committed since the database answered is known for a company in the map; for another one, nothing may have
// been committed since it was asked.
void stream_rights::keep(const question& asked, const persistence::token_principal& who, const stream_right& right) {
  const std::lock_guard guard{mutex_};
  auto of = companies_.find(who.company);
  if (of == companies_.end() && asked.unseen != unseen_)
    return;
  const auto& at = right.at;
  if (of != companies_.end()) {
    const auto& known = of->second;
    const bool same_history = at.epoch == known.epoch;
    if (same_history && (at.head < known.head || at.authority < known.authority))
      return;
    // The database is ahead of what was told here.
    if (!same_history || at.head > known.head || at.authority > known.authority) {
      forget(of);
      of = companies_.end();
    }
  }
  if (of == companies_.end())
    of = companies_.emplace(who.company, known_company{at.epoch, at.head, at.authority, {}}).first;
  if (of->second.rights.insert_or_assign(who.token, kept{right, asked.at}).second)
    ++size_;
  by_age_.emplace_back(who, asked.at);
  forget_oldest(now_());
}

// Two for each that is kept: what is over does not pile up.
void stream_rights::forget_oldest(clock::time_point now) {
  for (int i = 0; i < 2 && !by_age_.empty(); ++i) {
    const auto [who, proven] = by_age_.front();
    if (by_age_.size() <= max_rights && proven + lifetime > now)
      return;
    by_age_.pop_front();
    const auto of = companies_.find(who.company);
    if (of == companies_.end())
      continue;
    const auto found = of->second.rights.find(who.token);
    if (found == of->second.rights.end() || found->second.proven != proven)
      continue;  // gone, or proven again
    of->second.rights.erase(found);
    --size_;
    if (of->second.rights.empty())
      forget(of);
  }
}

void stream_rights::committed(std::span<const domain::change> changes) {
  const std::lock_guard guard{mutex_};
  for (const auto& each : changes)
    apply(each);
}

void stream_rights::apply(const domain::change& c) {
  const auto of = companies_.find(c.company_id);
  if (of == companies_.end()) {
    ++unseen_;
    return;
  }
  auto& known = of->second;
  if (c.epoch != known.epoch)
    return forget(of);
  if (c.seq <= known.head)
    return;  // the proof has seen it
  const bool ends_all = c.entity == domain::entity::company && c.action == domain::action::deleted;
  if (c.seq != known.head + 1 || c.authority != known.authority || ends_all)
    return forget(of);
  known.head = c.seq;
  if (c.entity == domain::entity::employee)
    forget_where(of, [&](const stream_right& r) { return r.reader == c.object_id; });
}

void stream_rights::ended(const domain::id& company, std::uint32_t epoch, std::uint64_t authority,
                          std::span<const domain::id> sessions) {
  const std::lock_guard guard{mutex_};
  const auto of = companies_.find(company);
  if (of == companies_.end()) {
    ++unseen_;
    return;
  }
  auto& known = of->second;
  if (epoch != known.epoch)
    return forget(of);
  if (authority <= known.authority)
    return;
  if (authority != known.authority + 1)
    return forget(of);
  known.authority = authority;
  forget_where(of, [&](const stream_right& r) { return std::ranges::find(sessions, r.session) != sessions.end(); });
}

void stream_rights::doubted(const domain::id& company) {
  const std::lock_guard guard{mutex_};
  ++unseen_;
  if (const auto of = companies_.find(company); of != companies_.end())
    forget(of);
}

void stream_rights::forget_all() {
  const std::lock_guard guard{mutex_};
  ++unseen_;
  companies_.clear();
  by_age_.clear();
  size_ = 0;
}

void stream_rights::forget(map::iterator of) {
  size_ -= of->second.rights.size();
  companies_.erase(of);
  ++unseen_;
}

template <class Condition>
void stream_rights::forget_where(map::iterator of, Condition over) {
  size_ -= std::erase_if(of->second.rights, [&](const auto& each) { return over(each.second.right); });
  if (of->second.rights.empty())
    forget(of);
}

std::size_t stream_rights::size() const {
  const std::lock_guard guard{mutex_};
  return size_;
}

}  // namespace chatmesh::http
