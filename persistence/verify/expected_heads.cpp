#include "persistence/verify/expected_heads.hpp"

#include "persistence/stores/log_chain.hpp"

#include <algorithm>
#include <charconv>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view deleted_mark = ":deleted";

bool is_chain_hash(std::string_view text) {
  return text.size() == chain_start.size() &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::uint64_t> read_seq(std::string_view text) {
  std::uint64_t seq = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seq);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && seq > 0 ? std::optional{seq} : std::nullopt;
}

const char* why_not_found(standing of) {
  switch (of) {
  case standing::unknown: return "its company's tables contradict each other";
  case standing::erased: return "its company is erased, and the head does not tell that it was deleted";
  default: return "its company's chain has no such link, or no longer";
  }
}

}  // namespace

std::optional<expected_head> parse_expected_head(std::string_view text) {
  expected_head made;
  if (is_chain_hash(text)) {
    made.hash = text;
    return made;
  }
  made.is_deleted = text.ends_with(deleted_mark);
  if (made.is_deleted)
    text.remove_suffix(deleted_mark.size());
  const auto first = text.find(':'), last = text.rfind(':');
  if (first == last)
    return {};
  made.company = domain::id::parse(text.substr(0, first));
  const auto seq = read_seq(text.substr(first + 1, last - first - 1));
  made.hash = text.substr(last + 1);
  if (!made.company || !seq || !is_chain_hash(made.hash))
    return {};
  made.seq = *seq;
  return made;
}

std::string to_text(const expected_head& head) {
  if (!head.company)
    return head.hash;
  return head.company->to_string()
      .append(":")
      .append(std::to_string(head.seq))
      .append(":")
      .append(head.hash)
      .append(head.is_deleted ? deleted_mark : "");
}

expected_heads::expected_heads(const std::vector<expected_head>& heads,
                               const std::function<void(const std::string&)>& print)
    : print_(print) {
  for (const expected_head& each : heads) {
    open_.emplace(each.hash, each);
    if (each.company)
      why_not_found_[*each.company] = "there is no such company";
  }
}

void expected_heads::begin(const domain::id& company, standing of) {
  company_ = company;
  standing_ = of;
  if (const auto named = why_not_found_.find(company); named != why_not_found_.end())
    named->second = why_not_found(of);
}

void expected_heads::see(std::uint64_t seq, const std::string& hash) {
  if (open_.empty())
    return;
  const auto [begin, end] = open_.equal_range(hash);
  for (auto each = begin; each != end;) {
    if (!is_met(each->second, seq)) {
      ++each;
      continue;
    }
    if (!each->second.company)
      print_("found " + to_text({company_, seq, hash, standing_ != standing::alive}));
    each = open_.erase(each);
  }
}

bool expected_heads::is_met(const expected_head& head, std::uint64_t seq) const {
  if (head.company && (*head.company != company_ || head.seq != seq))
    return false;
  switch (standing_) {
  case standing::alive: return !head.is_deleted;
  case standing::deleted: return true;
  case standing::erased: return head.is_deleted;
  default: return false;
  }
}

void expected_heads::tell_missing(fault_list& faults) const {
  for (const auto& [hash, head] : open_)
    faults.add(head.company
                   ? "the expected head " + to_text(head) + " is not found: " + why_not_found_.at(*head.company)
                   : "no chain has the expected hash " + hash);
}

}  // namespace chatmesh::persistence
