// Lists while others write (protocol §1): each page is exactly the state at its cursor, and a walk through all pages
// meets nothing twice and nothing less than what was there throughout.
#include "tests/integration/fixture.hpp"
#include "tests/integration/seed.hpp"
#include "tests/support/replica.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <thread>

namespace chatmesh::test {

namespace {

constexpr std::size_t page_size = 3;
constexpr int writers = 3, writes_each = 120, stable_customers = 20;

// A query, and which customers it is to find.
struct filter {
  const char* query;
  bool (*takes)(const json& customer);
};

bool has_tag(const json& customer, const char* tag) {
  const auto& tags = customer.at("tags");
  return std::ranges::find(tags, tag) != tags.end();
}

constexpr filter filters[] = {
    {"", [](const json&) { return true; }},
    {"&status=open", [](const json& c) { return c.at("status") == "open"; }},
    {"&tag=vip", [](const json& c) { return has_tag(c, "vip"); }},
    {"&q=STABLE", [](const json& c) { return c.at("name") == "Stable"; }},
    {"&status=closed&tag=vip", [](const json& c) { return c.at("status") == "closed" && has_tag(c, "vip"); }},
};

struct page {
  const filter* of;
  std::string after;  // empty: the first
  json answer;
};

// From the first page to the last.
std::vector<page> walk(member& reader, const filter& of) {
  std::vector<page> pages;
  std::string after;
  do {
    const auto query = "?limit=" + std::to_string(page_size) + of.query + (after.empty() ? "" : "&after=" + after);
    pages.push_back({&of, after, reader.read("/customers" + query)});
    const auto& next = pages.back().answer.at("next");
    after = next.is_null() ? "" : next.get<std::string>();
  } while (!after.empty());
  return pages;
}

// Creates customers, changes them in what the filters look at, and deletes some again.
void write_on(member who, std::uint64_t seed) {
  random_engine random{seed};
  std::vector<std::string> own;
  for (int i = 0; i < writes_each; ++i) {
    const auto choice = own.size() < 3 ? 0 : random_below(random, 10);
    const auto at = own.empty() ? 0 : random_below(random, own.size());
    if (choice < 4) {
      own.push_back(who.create("/customers", {{"name", "Passing"}}).object.at("id"));
    } else if (choice < 8) {
      const auto* status = random_below(random, 2) == 0 ? "open" : "closed";
      const auto tags = random_below(random, 2) == 0 ? json::array({"vip"}) : json::array();
      who.merge("/customers/" + own[at], {{"status", status}, {"tags", tags}});
    } else {
      who.remove("/customers/" + own[at]);
      own.erase(own.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
}

class Paging : public server_test {
protected:
  static void expect_no_loss(const std::vector<page>& pages, const std::set<std::string>& throughout) {
    std::set<std::string> seen;
    for (const auto& each : pages)
      for (const auto& item : each.answer.at("items"))
        EXPECT_TRUE(seen.insert(item.at("id")).second) << "twice: " << item.at("id");
    for (const auto& id : throughout)
      EXPECT_TRUE(seen.contains(id)) << "lost: " << id;
  }

  // The page that the state at its cursor makes.
  static json expected(const replica& at, const page& p) {
    std::map<std::string, json, std::greater<>> newest_first;
    const auto held = at.items("customer");
    for (const auto& [id, customer] : held.items())
      if (p.of->takes(customer) && (p.after.empty() || id < p.after))
        newest_first.emplace(id, customer);
    auto items = json::array();
    for (const auto& [id, customer] : newest_first)
      if (items.size() < page_size)
        items.push_back(customer);
    return items;
  }

  static void expect_exact(const std::vector<sse_frame>& events, std::vector<page> pages) {
    const auto place = [](const page& p) { return seq_of(p.answer.at("cursor").get<std::string>()); };
    std::ranges::stable_sort(pages, {}, place);
    replica at;
    std::size_t applied = 0;
    for (const auto& each : pages) {
      for (; applied < events.size() && events[applied].value().at("seq") <= place(each); ++applied)
        at.apply(events[applied].value());
      EXPECT_EQ(each.answer.at("items"), expected(at, each)) << each.of->query << " at " << place(each);
    }
  }
};

}  // namespace

TEST_F(Paging, IsExactAndStableWhileOthersWrite) {
  SCOPED_TRACE(seed_note());
  team all{port()};
  auto reader = invite(all.owner, "Reader");
  const auto everything = reader.another_tab().open_stream({.cursor = "0"});
  std::set<std::string> throughout;
  for (int i = 0; i < stable_customers; ++i)
    throughout.insert(all.owner.create("/customers", {{"name", "Stable"}}).object.at("id"));

  std::atomic<int> writing = writers;
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w)
    threads.emplace_back([&, w, who = all.all()[static_cast<std::size_t>(w)]->another_tab()]() mutable {
      write_on(std::move(who), test_seed() + static_cast<std::uint64_t>(w));
      --writing;
    });
  std::vector<page> pages;
  int walks = 0;
  while (writing > 0) {
    for (const auto& each : filters) {
      const auto found = walk(reader, each);
      const std::string query = each.query;
      const bool all_of_them = query.empty() || query == "&q=STABLE" || query == "&status=open";
      expect_no_loss(found, all_of_them ? throughout : std::set<std::string>{});
      pages.insert(pages.end(), found.begin(), found.end());
    }
    ++walks;
  }
  for (auto& t : threads)
    t.join();
  EXPECT_GT(walks, 1) << "there was nothing to disturb";

  const auto marker = mark(all.owner);
  everything->wait_for_id(marker);
  expect_exact(everything->events(), pages);
}

}  // namespace chatmesh::test
