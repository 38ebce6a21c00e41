// The tests of this folder need a network of their own, and so root: 77, which ctest shows as skipped, where that can't
// be.
#include "tests/cluster/fixture.hpp"

#include <gtest/gtest.h>

#include <iostream>

int main(int argc, char** argv) {
  constexpr int skipped = 77;
  testing::InitGoogleTest(&argc, argv);
  if (testing::GTEST_FLAG(list_tests))
    return RUN_ALL_TESTS();
  try {
    chatmesh::test::ground::get();
  } catch (const chatmesh::test::not_possible& e) {
    std::cout << "skipped: network namespaces need root, and nftables and iproute2: " << e.what() << std::endl;
    return skipped;
  }
  const int result = RUN_ALL_TESTS();
  chatmesh::test::on_cluster::end();
  return result;
}
