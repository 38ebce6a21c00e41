#include "domain/etag.hpp"

#include <gtest/gtest.h>

namespace {

using namespace chatmesh::domain;

template <typename Object>
Object at_version(std::uint64_t version) {
  Object o;
  o.version = version;
  return o;
}

TEST(Etag, IsTheQuotedVersion) {
  EXPECT_EQ(etag(at_version<company>(1)), "\"1\"");
  EXPECT_EQ(etag(at_version<employee>(12)), "\"12\"");
  EXPECT_EQ(etag(at_version<message>(3)), "\"3\"");
}

TEST(Etag, TellsTheVersionOfAnEmbeddedEmployee) {
  auto c = at_version<customer>(4);
  EXPECT_EQ(etag(c), "\"4\"");
  c.assigned_employee = at_version<employee>(7);
  EXPECT_EQ(etag(c), "\"4.7\"");
  auto n = at_version<note>(5);
  n.author = at_version<employee>(8);
  EXPECT_EQ(etag(n), "\"5.8\"");
}

}  // namespace
