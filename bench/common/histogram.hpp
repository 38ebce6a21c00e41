// Latencies in buckets whose width is below 1.6 % of their value; recording one costs a few instructions.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace chatmesh::bench {

class histogram {
public:
  void add(std::uint64_t ns) {
    ++counts_[bucket_of(ns)];
    ++total_;
    max_ = std::max(max_, ns);
  }

  std::uint64_t total() const { return total_; }
  std::uint64_t max() const { return max_; }

  /// The value below which `share` (0-1) of all lie; 0 where there are none.
  std::uint64_t at(double share) const {
    const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > wanted)
        return std::min(upper_of(i), max_);
    }
    return max_;
  }

private:
  static constexpr unsigned sub_bits = 6;
  static constexpr std::uint64_t sub_count = 1U << sub_bits;

  static std::size_t bucket_of(std::uint64_t ns) {
    if (ns < sub_count)
      return ns;
    const auto shift = static_cast<unsigned>(std::bit_width(ns)) - sub_bits - 1;
    return ((shift + 1) << sub_bits) + ((ns >> shift) - sub_count);
  }

  static std::uint64_t upper_of(std::size_t bucket) {
    if (bucket < sub_count)
      return bucket;
    const auto shift = (bucket >> sub_bits) - 1;
    return (((bucket & (sub_count - 1)) + sub_count + 1) << shift) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - sub_bits + 1) << sub_bits);
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace chatmesh::bench
