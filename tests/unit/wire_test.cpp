// Goal: what one node says, another one understands, an older or newer one too; whatever else comes is refused and does
// no harm. Method: pure calls; bytes are changed and cut by chance, from a known seed.
#include "actors/cluster/wire.hpp"
#include "actors/cluster/wire_bytes.hpp"

#include <gtest/gtest.h>

#include <random>

namespace chatmesh::actors {

namespace {

domain::change full_change(std::uint64_t seq) {
  domain::change c;
  c.company_id = domain::id::make();
  c.epoch = 0x5f3a9c01;
  c.seq = seq;
  c.authority = 12;
  c.at = domain::now();
  c.entity = domain::entity::employee;
  c.action = domain::action::deleted;
  c.object_id = domain::id::make();
  c.by = {domain::author_kind::token, domain::id::make(), "Ünï \"bot\"", "tab-1"};
  c.data = domain::encode_change_data(c, R"({"id":"x"})");
  return c;
}

void expect_equal(const domain::change& a, const domain::change& b) {
  EXPECT_EQ(a.company_id, b.company_id);
  EXPECT_EQ(a.epoch, b.epoch);
  EXPECT_EQ(a.seq, b.seq);
  EXPECT_EQ(a.authority, b.authority);
  EXPECT_EQ(a.at, b.at);
  EXPECT_EQ(a.entity, b.entity);
  EXPECT_EQ(a.action, b.action);
  EXPECT_EQ(a.object_id, b.object_id);
  EXPECT_EQ(a.by.kind, b.by.kind);
  EXPECT_EQ(a.by.id, b.by.id);
  EXPECT_EQ(a.by.name, b.by.name);
  EXPECT_EQ(a.by.client, b.by.client);
  EXPECT_EQ(a.data, b.data);
}

template <class Message>
Message decoded(const std::string& bytes) {
  return std::get<Message>(decode(bytes).value());
}

// One of each kind.
std::vector<std::string> samples() {
  const auto change = full_change(7);
  const auto told = encode_changes({&change, 1}),
             over = encode_endings({change.company_id, change.epoch, 13, {domain::id::make()}});
  const company_head at{change.company_id, 1, 300, 4};
  return {encode(greeting{.node = domain::id::make(), .name = "one", .to = domain::id::make()}),
          encode(interest{3, {domain::id::make(), domain::id::make()}, {domain::id::make()}}), encode(noted{3}),
          encode(receipt{300}),
          encode_parcel(2,
                        std::vector{told, over, encode_typing({domain::id::make(), {domain::id::make(), change.by}})},
                        {{at}}, {{presences{domain::id::make(), {{domain::id::make(), true}}}}})};
}

}  // namespace

TEST(Wire, CarriesAChangeWhole) {
  std::vector<domain::change> both{full_change(1), full_change(2)};
  both[1].company_id = both[0].company_id;
  both[1].by = {};  // the system's, without an id
  const auto told = encode_changes(both);
  EXPECT_EQ(told->events, 2U);
  EXPECT_EQ(told->at.head, 2U);
  const auto p = decoded<parcel>(encode_parcel(5, {{told}}, {}));
  EXPECT_EQ(p.number, 5U);
  ASSERT_EQ(p.items.size(), 1U);
  const auto& all = std::get<change_list>(p.items[0]);
  ASSERT_EQ(all.size(), 2U);
  expect_equal(all[0], both[0]);
  expect_equal(all[1], both[1]);
}

TEST(Wire, CarriesEndsAndHeads) {
  const endings over{domain::id::make(), 0x5f3a9c01, 9, {domain::id::make(), domain::id::make()}};
  const company_head at{domain::id::make(), 0xffffffff, UINT64_MAX, 3};
  const auto p = decoded<parcel>(encode_parcel(1, {{encode_endings(over)}}, {{at}}));
  ASSERT_EQ(p.items.size(), 2U);
  const auto& told = std::get<endings>(p.items[0]);
  EXPECT_EQ(told.company, over.company);
  EXPECT_EQ(told.epoch, over.epoch);
  EXPECT_EQ(told.authority, 9U);
  EXPECT_EQ(told.sessions, over.sessions);
  const auto& head = std::get<company_head>(p.items[1]);
  EXPECT_EQ(head.company, at.company);
  EXPECT_EQ(head.epoch, at.epoch);
  EXPECT_EQ(head.head, at.head);
  EXPECT_EQ(head.authority, 3U);
}

TEST(Wire, CarriesWhoIsOnlineAndWhoTypes) {
  const presences online{domain::id::make(), {{domain::id::make(), true}, {domain::id::make(), false}}};
  const typing_notice typing{domain::id::make(),
                             {domain::id::make(), {domain::author_kind::customer, domain::id::make(), "Ünï", "tab"}}};
  const auto p = decoded<parcel>(encode_parcel(1, {{encode_typing(typing)}}, {}, {{online}}));
  ASSERT_EQ(p.items.size(), 2U);
  const auto& types = std::get<typing_notice>(p.items[0]);
  EXPECT_EQ(types.company, typing.company);
  EXPECT_EQ(types.notice.customer_id, typing.notice.customer_id);
  EXPECT_EQ(types.notice.by.kind, domain::author_kind::customer);
  EXPECT_EQ(types.notice.by.id, typing.notice.by.id);
  EXPECT_EQ(types.notice.by.name, "Ünï");
  const auto& is = std::get<presences>(p.items[1]);
  EXPECT_EQ(is.company, online.company);
  ASSERT_EQ(is.changes.size(), 2U);
  EXPECT_EQ(is.changes[0].employee_id, online.changes[0].employee_id);
  EXPECT_TRUE(is.changes[0].online);
  EXPECT_FALSE(is.changes[1].online);
}

TEST(Wire, CarriesWhatLinksSayToEachOther) {
  const greeting g{domain::id::make(), "node ö", 1, 4, domain::id::make()};
  const auto greeted = decoded<greeting>(encode(g));
  EXPECT_EQ(greeted.node, g.node);
  EXPECT_EQ(greeted.name, g.name);
  EXPECT_EQ(greeted.newest, 4U);
  EXPECT_EQ(greeted.to, g.to);
  const interest i{300, {domain::id::make()}, {domain::id::make(), domain::id::make()}};
  const auto told = decoded<interest>(encode(i));
  EXPECT_EQ(told.number, 300U);
  EXPECT_EQ(told.begins, i.begins);
  EXPECT_EQ(told.ends, i.ends);
  EXPECT_EQ(decoded<noted>(encode(noted{7})).number, 7U);
  EXPECT_EQ(decoded<receipt>(encode(receipt{UINT64_MAX})).number, UINT64_MAX);
}

TEST(Wire, ReadsPastWhatANewerNodeAdds) {
  EXPECT_TRUE(std::holds_alternative<unknown_message>(decode(wire_writer{}.number(200).text("new").take()).value()));
  EXPECT_TRUE(std::get<greeting>(decode(encode(greeting{domain::id::make(), "x"}) + "more").value()).name == "x");
  const auto change = full_change(7);
  auto bytes = encode_parcel(1, {{encode_changes({&change, 1})}}, {});
  bytes += wire_writer{}.number(90).text("an item of another kind").take();
  const auto p = decoded<parcel>(bytes);
  ASSERT_EQ(p.items.size(), 1U);
  expect_equal(std::get<change_list>(p.items[0])[0], change);
}

TEST(Wire, TakesWhatAnOlderNodeLeavesOut) {
  const auto node = domain::id::make();
  const auto greeted = decoded<greeting>(
      wire_writer{}.number(1).id(node).text("old").number(1).number(2).take());  // it does not say who is meant
  EXPECT_EQ(greeted.node, node);
  EXPECT_EQ(greeted.newest, 2U);
  EXPECT_EQ(greeted.to, domain::id{});
  const auto company = domain::id::make(), session = domain::id::make();
  const auto over = wire_writer{}.id(company).number(9).number(1).id(session).take();  // nor of which history this is
  const auto p = decoded<parcel>(wire_writer{}.number(4).number(1).number(2).text(over).take());
  const auto& told = std::get<endings>(p.items.at(0));
  EXPECT_EQ(told.epoch, 0U);
  EXPECT_EQ(told.authority, 9U);
  EXPECT_EQ(told.sessions, (std::vector{session}));
}

TEST(Wire, TakesAHeadForChangesOfAKindThatOnlyANewerNodeKnows) {
  for (const std::string known : {"employee", "deleted", "token"}) {
    std::vector<domain::change> all{full_change(7), full_change(8)};
    all[0].company_id = all[1].company_id;
    all[0].entity = domain::entity::customer;
    all[0].action = domain::action::created;
    all[0].by = {};
    all[0].data = "{}";
    auto bytes = encode_parcel(1, {{encode_changes(all)}}, {});
    bytes.replace(bytes.find(known), known.size(), std::string(known.size(), 'n'));
    const auto p = decoded<parcel>(bytes);
    ASSERT_EQ(p.items.size(), 1U);
    const auto& at = std::get<company_head>(p.items[0]);
    EXPECT_EQ(at.company, all[0].company_id);
    EXPECT_EQ(at.epoch, all[0].epoch);
    EXPECT_EQ(at.head, 8U);
    EXPECT_EQ(at.authority, 12U);
  }
}

TEST(Wire, RefusesBytesThatAreCutAnywhere) {
  for (const auto& bytes : samples())
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto found = decode(bytes.substr(0, size));
      const bool is_older =
          found && std::holds_alternative<greeting>(*found) &&
          size == bytes.size() - wire_writer{}.id(domain::id::make()).take().size();  // does not say who is meant
      if (found && !is_older && !std::holds_alternative<parcel>(*found))  // a parcel may end behind any item
        FAIL() << "of " << bytes.size() << " bytes, " << size << " are taken for a message";
    }
}

TEST(Wire, SurvivesBytesThatWereChangedByChance) {
  std::mt19937 random{20261128};
  const auto all = samples();
  std::size_t refused = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = all[random() % all.size()];
    for (auto changes_left = 1 + random() % 4; changes_left > 0; --changes_left)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    refused += decode(bytes) ? 0 : 1;
  }
  EXPECT_GT(refused, 0U);
}

TEST(Wire, ClaimsOfLengthCostNothing) {
  for (const auto kind : {2, 4}) {  // lists of ids, and of items
    wire_writer out;
    out.number(static_cast<std::uint64_t>(kind)).number(1).number(UINT64_MAX).number(UINT64_MAX);
    EXPECT_FALSE(decode(out.take()));
  }
  EXPECT_FALSE(decode(std::string(40, '\xff'))) << "a number that does not end";
}

TEST(Wire, FindsTheNewestVersionThatBothSpeak) {
  const auto speaks = [](std::uint32_t oldest, std::uint32_t newest) { return greeting{{}, {}, oldest, newest}; };
  EXPECT_EQ(common_wire(speaks(1, 3), speaks(2, 5)), 3U);
  EXPECT_EQ(common_wire(speaks(2, 5), speaks(1, 3)), 3U);
  EXPECT_EQ(common_wire(speaks(1, 1), speaks(1, 2)), 1U);
  EXPECT_FALSE(common_wire(speaks(1, 2), speaks(3, 4)));
}

}  // namespace chatmesh::actors
