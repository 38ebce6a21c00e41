#include "persistence/schema/0002_api_tokens.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // `employee_id` made it, and signs what is written with it.
    R"(CREATE TABLE api_tokens (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      employee_id TEXT NOT NULL REFERENCES employees (id),
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      token_hash TEXT NOT NULL UNIQUE,
      created_at BIGINT NOT NULL,
      last_used_at BIGINT))",
    "CREATE INDEX api_tokens_by_company ON api_tokens (company_id, id)",
    "CREATE INDEX api_tokens_by_employee ON api_tokens (employee_id)",
};

}  // namespace

const migration migration_0002{2, "api_tokens", statements, nullptr};

}  // namespace chatmesh::persistence
