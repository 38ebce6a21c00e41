#include "actors/cluster/head_watch.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace chatmesh::actors {

head_watch::head_watch(caf::actor_config& config, environment& env, head_log& log, std::chrono::milliseconds interval)
    : head_watch_actor::base(config), env_(env), log_(log), interval_(interval) {}

head_watch::behavior_type head_watch::make_behavior() {
  schedule();
  return {
      [this](const compare&) { on_compare(); },
      [this](const check& m) { on_check(m); },
      [this](const newer_read& m) { on_read(m); },
      [this](const look_again& m) { on_look_again(m); },
      [this](const drain&) { quit(); },
  };
}

void head_watch::on_compare() {
  due_ = true;
  go_on();
}

void head_watch::on_check(const check& m) {
  wanted_.insert(wanted_.end(), m.companies.begin(), m.companies.end());
  go_on();
}

void head_watch::go_on() {
  if (asking_ || (!due_ && wanted_.empty()))
    return;
  asking_ = true;
  all_ = std::exchange(due_, false);
  if (all_)
    began_ = clock().now();
  round_ = all_ ? env_.registry.heads() : env_.registry.heads(std::exchange(wanted_, {}));
  next_ = 0;
  ask();
}

void head_watch::ask() {
  if (next_ == round_.size())
    return end_round();
  const auto last = std::min(next_ + max_asked, round_.size());
  const auto at = [this](std::size_t i) { return round_.begin() + static_cast<std::ptrdiff_t>(i); };
  std::vector<company_head> known(at(next_), at(last));
  next_ = last;
  ++env_.head_checks;
  log_.read_newer(std::move(known), [self = head_watch_actor{this}](std::optional<std::vector<company_head>> found) {
    caf::anon_send(self, newer_read{std::move(found)});
  });
}

// What a writer of this node committed is on its way to its company, and does not count as missed.
void head_watch::on_read(const newer_read& m) {
  if (!m.found)
    return end_round();  // the database is away; the next round asks anew
  auto behind = *m.found;
  keep_behind(behind);
  if (!behind.empty())
    delayed_send(head_watch_actor{this}, grace, look_again{std::move(behind)});
  ask();
}

void head_watch::on_look_again(const look_again& m) {
  auto behind = m.behind;
  keep_behind(behind);
  env_.found_behind += behind.size();
  for (const auto& each : behind) {
    log_.missed(each.company);
    if (const auto company = env_.registry.find(each.company))
      caf::anon_send(company, moved{each});
  }
}

void head_watch::keep_behind(std::vector<company_head>& heads) const {
  std::erase_if(heads, [this](const company_head& at) { return !env_.registry.is_behind(at); });
}

void head_watch::end_round() {
  round_.clear();
  asking_ = false;
  if (all_)
    schedule();
  go_on();
}

void head_watch::schedule() {
  const auto now = clock().now();
  const auto due = std::max(began_ + interval_, now);
  delayed_send(head_watch_actor{this}, due - now, compare{});
}

}  // namespace chatmesh::actors
