#include "bench/load/channel.hpp"

#include <algorithm>

namespace chatmesh::bench {

std::uint32_t channel::begin_write(std::uint32_t receivers) {
  writes_.push_back({.waiting = receivers});
  return written() - 1;
}

bool channel::answer_write(std::uint32_t number, bool accepted, std::uint64_t seq) {
  auto& w = writes_[number];
  w.answered = true;
  w.accepted = accepted;
  w.seq = seq;
  if (accepted)
    ++accepted_;
  else
    w.waiting = 0;  // there is no event to wait for
  return w.waiting == 0;
}

arrival channel::arrive_elsewhere(std::uint32_t id, std::uint32_t& place, std::uint32_t number) {
  if (number >= writes_.size()) {
    if (!written_elsewhere || number >= most_foretold)
      return arrival::unknown;
    writes_.resize(number + 1);
  }
  auto& known = writes_[number].place;
  if (known == nowhere) {
    known = arrived();
    order_.push_back(number);
  }
  if (known < place) {
    const auto holes = holes_.find(id);
    return holes != holes_.end() && holes->second.erase(known) > 0 ? arrival::late : arrival::duplicate;
  }
  for (; place < known; ++place)
    holes_[id].insert(place);
  ++place;
  return arrival::in_order;
}

std::uint64_t channel::learn_writes(std::span<const std::uint64_t> seqs) {
  std::uint64_t strangers = 0;
  for (const auto number : order_)
    strangers += number >= seqs.size() || seqs[number] == 0 ? 1 : 0;
  writes_.resize(std::max(writes_.size(), seqs.size()));
  accepted_ = 0;
  for (std::size_t number = 0; number < seqs.size(); ++number) {
    writes_[number].seq = seqs[number];
    accepted_ += seqs[number] == 0 ? 0 : 1;
  }
  return strangers;
}

std::vector<std::uint64_t> channel::seqs() const {
  std::vector<std::uint64_t> result;
  result.reserve(writes_.size());
  for (const auto& w : writes_)
    result.push_back(w.accepted ? w.seq : 0);
  return result;
}

std::uint64_t channel::order_faults() const {
  std::uint64_t faults = 0;
  for (std::size_t place = 0; place < order_.size(); ++place) {
    const auto seq = writes_[order_[place]].seq;
    if (seq != 0 && seq != base_seq + place + 1)
      ++faults;
  }
  return faults;
}

}  // namespace chatmesh::bench
