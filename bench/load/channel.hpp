// One company (or a peer's channel): its writes, and the order in which they arrive. The first stream that gets an
// event fixes its place; every other stream has to get the same event at the same place. That is one comparison a
// delivery.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace chatmesh::bench {

enum class arrival : std::uint8_t {
  in_order,   // the one that follows, or one further on: what lies between is noted as not received
  late,       // one that was noted: here it stands after others than elsewhere
  duplicate,  // received before
  unknown     // never written
};

class channel {
public:
  static constexpr std::uint32_t nowhere = 0xffffffff;
  static constexpr std::uint32_t most_foretold = 1U << 22;  // writes of another process that one run may have

  struct write {
    std::uint32_t waiting = 0;      // receipts of healthy streams that are missing still
    std::uint32_t place = nowhere;  // in the order of arrival
    std::uint64_t seq = 0;          // told by the server's answer; 0 = not told
    bool answered = false;
    bool accepted = false;
  };

  /// Begins a write that `receivers` healthy streams are to get; answers its number.
  std::uint32_t begin_write(std::uint32_t receivers);
  /// The answer of the server has come. True where the event has been received everywhere, too.
  bool answer_write(std::uint32_t number, bool accepted, std::uint64_t seq);
  /// A healthy stream got it. True where this ends the write.
  bool receive_write(std::uint32_t number) {
    auto& w = writes_[number];
    return w.waiting > 0 && --w.waiting == 0 && w.answered;
  }

  /// The stream `id`, which stands at `place`, gets write `number`.
  arrival arrive(std::uint32_t id, std::uint32_t& place, std::uint32_t number) {
    if (place < order_.size() && order_[place] == number) [[likely]] {
      ++place;
      return arrival::in_order;
    }
    return arrive_elsewhere(id, place, number);
  }

  std::uint32_t written() const { return static_cast<std::uint32_t>(writes_.size()); }
  std::uint32_t accepted() const { return accepted_; }
  std::uint32_t arrived() const { return static_cast<std::uint32_t>(order_.size()); }
  std::uint32_t in_flight = 0;     // closed loop: written and not over
  std::uint32_t healthy = 0;       // streams that events are counted for
  bool written_elsewhere = false;  // by another process, which tells at the end what it wrote

  /// Of the writes of another process: the `seq` of each, 0 where it was refused. Answers how many events arrived that
  /// are none of them.
  std::uint64_t learn_writes(std::span<const std::uint64_t> seqs);
  /// The `seq` of each write, 0 where it was refused.
  std::vector<std::uint64_t> seqs() const;

  /// Places at which the order differs from that of the server's `seq`s, where it told them; `seq` is dense and begins
  /// after base_seq.
  std::uint64_t order_faults() const;

  // ChatMesh only: a cursor is "<epoch>-<base_seq + place>".
  std::string epoch;
  std::uint64_t base_seq = 0;

private:
  arrival arrive_elsewhere(std::uint32_t id, std::uint32_t& place, std::uint32_t number);

  std::vector<write> writes_;
  std::vector<std::uint32_t> order_;  // write numbers
  std::uint32_t accepted_ = 0;
  std::map<std::uint32_t, std::set<std::uint32_t>> holes_;  // by stream: places that it did not get
};

}  // namespace chatmesh::bench
