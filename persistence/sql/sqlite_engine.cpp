#include "persistence/sql/sqlite_engine.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace chatmesh::persistence::sqlite {

namespace {

class sqlite_statement final : public prepared {
public:
  sqlite_statement(soci::session& db, const std::string& text, std::vector<parameter>& parameters,
                   std::vector<column>& columns)
      : made_(db) {
    for (column& c : columns)
      made_.exchange(soci::into(c.text, c.state));
    for (parameter& p : parameters) {
      if (p.is_number)
        made_.exchange(soci::use(p.number, p.state));
      else
        made_.exchange(soci::use(p.text, p.state));
    }
    made_.alloc();
    made_.prepare(text);
    made_.define_and_bind();
  }

  bool start() override { return made_.execute(true); }
  bool next() override { return made_.fetch(); }

  std::uint64_t affected() override {
    const auto rows = made_.get_affected_rows();
    return rows < 0 ? 0 : static_cast<std::uint64_t>(rows);
  }

  // The result repeats the error of the run that failed, if it did; that one has been thrown already.
  void reset() noexcept override {
    sqlite_api::sqlite3_reset(static_cast<soci::sqlite3_statement_backend*>(made_.get_backend())->stmt_);
  }

  void send() override { start(); }

private:
  soci::statement made_;
};

class sqlite_engine final : public engine {
public:
  explicit sqlite_engine(soci::session& db) : db_(db) {}

  std::unique_ptr<prepared> prepare(const std::string& text, std::vector<parameter>& parameters,
                                    std::vector<column>& columns) override {
    return std::make_unique<sqlite_statement>(db_, text, parameters, columns);
  }

private:
  soci::session& db_;
};

}  // namespace

std::unique_ptr<engine> make_engine(soci::session& db) {
  return std::make_unique<sqlite_engine>(db);
}

}  // namespace chatmesh::persistence::sqlite
