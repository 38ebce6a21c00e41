#include "persistence/schema/0009_reads.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // How far each employee has read. No reference to the message: the mark stays where it is when that one goes.
    R"(CREATE TABLE reads (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      employee_id TEXT NOT NULL REFERENCES employees (id),
      message_id TEXT NOT NULL,
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      last_seq BIGINT NOT NULL))",
    "CREATE UNIQUE INDEX reads_by_employee ON reads (employee_id, customer_id)",
    "CREATE INDEX reads_by_customer ON reads (customer_id)",
    "CREATE INDEX reads_by_company ON reads (company_id, id)",
};

}  // namespace

const migration migration_0009{9, "reads", statements, nullptr};

}  // namespace chatmesh::persistence
