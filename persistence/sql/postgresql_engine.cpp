#include "persistence/sql/postgresql_engine.hpp"

#include "persistence/sql/postgresql_pipeline.hpp"

#include <soci/postgresql/soci-postgresql.h>

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace chatmesh::persistence::postgresql {

namespace {

// SOCI prepares it, and takes it back in the end; it is run through the pipeline, which SOCI has not.
class pipelined_statement final : public prepared {
public:
  pipelined_statement(soci::session& db, pipeline& line, const std::string& text, std::vector<parameter>& parameters,
                      std::vector<column>& columns)
      : made_(db), line_(line), parameters_(parameters), columns_(columns) {
    made_.alloc();
    made_.prepare(text);
    name_ = static_cast<soci::postgresql_statement_backend*>(made_.get_backend())->statementName_;
  }

  bool start() override {
    result_ = line_.ask(name_, values());
    row_ = 0;
    if (!columns_.empty() && PQnfields(result_.get()) != static_cast<int>(columns_.size()))
      throw std::logic_error("a statement has another number of columns than was said");
    return next();
  }

  bool next() override {
    if (row_ >= PQntuples(result_.get()))
      return false;
    for (int i = 0; auto& [text, state] : columns_) {
      state = PQgetisnull(result_.get(), row_, i) ? soci::i_null : soci::i_ok;
      text.assign(PQgetvalue(result_.get(), row_, i), static_cast<std::size_t>(PQgetlength(result_.get(), row_, i)));
      ++i;
    }
    ++row_;
    return true;
  }

  std::uint64_t affected() override {
    const std::string_view told = PQcmdTuples(result_.get());
    std::uint64_t rows = 0;
    std::from_chars(told.data(), told.data() + told.size(), rows);
    return rows;
  }

  void reset() noexcept override { result_.reset(); }

  void send() override { line_.send(name_, values()); }
  void foresee(const domain::id& about) override { line_.foresee(name_, values(), about); }

private:
  pipeline::values values() {
    values_.clear();
    for (parameter& p : parameters_) {
      if (p.is_number)
        p.text = std::to_string(p.number);
      values_.push_back(p.state == soci::i_null ? nullptr : p.text.c_str());
    }
    return values_;
  }

  soci::statement made_;
  pipeline& line_;
  std::vector<parameter>& parameters_;
  std::vector<column>& columns_;
  std::vector<const char*> values_;
  std::string name_;
  result_ptr result_;
  int row_ = 0;  // the next one
};

class postgresql_engine final : public engine {
public:
  explicit postgresql_engine(soci::session& db) : db_(db), line_(handle_of(db)) {}

  std::unique_ptr<prepared> prepare(const std::string& text, std::vector<parameter>& parameters,
                                    std::vector<column>& columns) override {
    line_.settle();
    return std::make_unique<pipelined_statement>(db_, line_, text, parameters, columns);
  }

  void settle() override { line_.settle(); }
  void forget(const domain::id& about) override { line_.forget(about); }
  void forget_all() override { line_.forget_all(); }

private:
  soci::session& db_;
  pipeline line_;
};

}  // namespace

PGconn* handle_of(soci::session& db) {
  return static_cast<soci::postgresql_session_backend*>(db.get_backend())->conn_;
}

std::unique_ptr<engine> make_engine(soci::session& db) {
  return std::make_unique<postgresql_engine>(db);
}

}  // namespace chatmesh::persistence::postgresql
