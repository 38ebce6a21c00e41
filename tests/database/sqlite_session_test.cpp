// A session of a file keeps what it was set to.
#include "database_fixture.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;

class SqliteSession : public database_test {};

TEST_F(SqliteSession, WaitsForLocksAsBeforeWhenACheckpointFailed) {
  session db{config};
  db.begin_write();
  EXPECT_THROW(db.kind().checkpoint(db.handle().soci, config), soci::soci_error) << "within a transaction";
  EXPECT_TRUE(db.rollback());
  statement ask{db.handle(), {"PRAGMA busy_timeout", 1}};
  EXPECT_EQ(ask.one([](row& r) { return r.number(); }), config.busy_timeout.count());
}

}  // namespace
