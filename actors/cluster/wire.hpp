// What links carry, as bytes. A message is its kind and its fields; whatever repeats stands in a record that begins
// with its length. So a newer node may add kinds, and fields at the end of a record, and an older one reads past them.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "domain/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace chatmesh::actors {

// 1: what was committed. 2: who is online and who types, too.
inline constexpr std::uint32_t newest_wire = 2;  // what this program speaks best ...
inline constexpr std::uint32_t oldest_wire = 1;  // ... and the oldest that it still does
inline constexpr std::uint32_t wire_with_presence = 2;

// The first message of either side. `node` stands for one start of a process.
struct greeting {
  domain::id node;
  std::string name;
  std::uint32_t oldest = oldest_wire, newest = newest_wire;
  domain::id to{};  // the node that is meant; nil: an older program does not say
};

// Companies that have subscribers at the sender from here on, and no longer.
struct interest {
  std::uint64_t number = 0;
  std::vector<domain::id> begins, ends;
};
// The interest with that number counts: what is committed here from now on is told.
struct noted {
  std::uint64_t number = 0;
};

// Sessions and tokens that are over, where that made no event.
struct endings {
  domain::id company;
  std::uint32_t epoch = 0;  // 0: an older program does not say
  std::uint64_t authority = 0;
  std::vector<domain::id> sessions;
};
using change_list = std::vector<domain::change>;  // of one company, in order

// Who has a first stream at the sender now, or no longer one.
struct presences {
  domain::id company;
  std::vector<domain::presence_change> changes;
};
struct typing_notice {
  domain::id company;
  domain::typing notice;
};

// What the sender has to tell: 1, 2, 3 … on a link. A head stands for what was committed and is not told: the log
// reaches so far.
struct parcel {
  std::uint64_t number = 0;
  std::vector<std::variant<change_list, endings, company_head, presences, typing_notice>> items;
};
// Everything up to that parcel has been taken.
struct receipt {
  std::uint64_t number = 0;
};

struct unknown_message {};  // a newer node's
using link_message = std::variant<greeting, interest, noted, parcel, receipt, unknown_message>;

// An item of a parcel, encoded once for all links.
struct encoded_item {
  company_head at;  // how far the log reaches with it
  std::size_t events = 0;
  std::string bytes;
  bool ephemeral = false;  // left out where there is no room: `at` says nothing
};
using item_ptr = std::shared_ptr<const encoded_item>;

std::string encode(const greeting&);
std::string encode(const interest&);
std::string encode(noted);
std::string encode(receipt);
item_ptr encode_changes(std::span<const domain::change>);  // one at least
item_ptr encode_endings(const endings&);
item_ptr encode_typing(const typing_notice&);
std::string encode_parcel(std::uint64_t number, std::span<const item_ptr>, std::span<const company_head>,
                          std::span<const presences> = {});

// None for bytes that are no message.
std::optional<link_message> decode(std::string_view bytes);

// What both speak; none where they have nothing in common.
std::optional<std::uint32_t> common_wire(const greeting& ours, const greeting& theirs);

}  // namespace chatmesh::actors
