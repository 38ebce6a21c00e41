#include "persistence/sql/session.hpp"

#include "persistence/sql/sqlite.hpp"

namespace chatmesh::persistence {

session::session(const settings& s)
    : begin_write_(db_, std::string{sqlite::begin_write}), begin_read_(db_, std::string{sqlite::begin_read}),
      commit_(db_, "COMMIT"), rollback_(db_, "ROLLBACK"), savepoint_(db_, "SAVEPOINT command"),
      release_(db_, "RELEASE SAVEPOINT command"), rollback_to_(db_, "ROLLBACK TO SAVEPOINT command"),
      clock_(db_, select(sqlite::clock, "")) {
  sqlite::open(db_, s);
}

bool session::rollback() noexcept {
  try {
    rollback_.execute();
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void session::rollback_to_savepoint() {
  rollback_to_.execute();
  release_.execute();  // rolling back to a savepoint leaves it open
}

domain::timestamp session::now() {
  return clock_.one([](row& r) { return r.time(); }).value();
}

}  // namespace chatmesh::persistence
