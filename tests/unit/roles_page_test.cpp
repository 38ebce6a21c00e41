// docs/roles.md names every route, and none that is not there.
#include "http/routes.hpp"
#include "tests/support/roles_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using namespace chatmesh;

TEST(RolesPage, NamesEveryRoute) {
  std::set<std::string> routes, named;
  for (const auto& each : http::routes())
    routes.insert(each.method + " " + each.pattern);
  for (const auto& each : test::read_roles_page())
    named.insert(each.method + " /api/v1" + each.pattern);
  EXPECT_EQ(named, routes);
}

TEST(RolesPage, AsksEveryQuestionOnceAndOfEverybody) {
  std::set<std::string> seen;
  for (const auto& each : test::read_roles_page()) {
    EXPECT_TRUE(seen.insert(each.method + " " + each.pattern + " " + each.of).second) << each.pattern << each.of;
    EXPECT_GE(each.answers.size(), each.of.empty() ? 9U : 1U) << each.pattern;
  }
}

}  // namespace
