// Ids are UUIDs as text, times milliseconds since 1970, hashes hex, lists and attributes JSON text.
#include "persistence/schema/0001_companies.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // `email_key` is the e-mail in ASCII lower case: a login exists once, however it is written.
    R"(CREATE TABLE users (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      email TEXT NOT NULL,
      email_key TEXT NOT NULL UNIQUE,
      password_hash TEXT NOT NULL,
      created_at BIGINT NOT NULL))",

    R"(CREATE TABLE sessions (
      id TEXT NOT NULL PRIMARY KEY,
      token_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES users (id),
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL))",
    "CREATE INDEX sessions_by_expiry ON sessions (expires_at)",

    R"(CREATE TABLE companies (
      id TEXT NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      widget_key TEXT NOT NULL UNIQUE,
      widget_origins TEXT NOT NULL,
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      deleted_at BIGINT))",
    "CREATE INDEX companies_by_deletion ON companies (deleted_at) WHERE deleted_at IS NOT NULL",

    // A table of its own, so that a write locks this row of its company and nothing else.
    R"(CREATE TABLE company_counters (
      company_id TEXT NOT NULL PRIMARY KEY REFERENCES companies (id),
      epoch BIGINT NOT NULL,
      seq BIGINT NOT NULL,
      authority BIGINT NOT NULL))",

    R"(CREATE TABLE employees (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      user_id TEXT REFERENCES users (id),
      name TEXT NOT NULL,
      email TEXT,
      phone TEXT,
      title TEXT,
      avatar_url TEXT,
      role TEXT NOT NULL,
      status TEXT NOT NULL,
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL))",
    "CREATE INDEX employees_by_company ON employees (company_id, id)",
    "CREATE UNIQUE INDEX employees_by_user ON employees (user_id, company_id) WHERE status = 'active'",

    // Rows go when the invitation is used or revoked.
    R"(CREATE TABLE invitations (
      token_hash TEXT NOT NULL PRIMARY KEY,
      employee_id TEXT NOT NULL REFERENCES employees (id) ON DELETE CASCADE,
      email TEXT NOT NULL,
      email_key TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL))",
    "CREATE INDEX invitations_by_employee ON invitations (employee_id)",

    R"(CREATE TABLE customers (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      name TEXT NOT NULL,
      email TEXT,
      phone TEXT,
      avatar_url TEXT,
      organization TEXT,
      status TEXT NOT NULL,
      tags TEXT NOT NULL,
      attributes TEXT NOT NULL,
      assigned_employee_id TEXT REFERENCES employees (id),
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL,
      last_activity_at BIGINT NOT NULL))",
    "CREATE INDEX customers_by_company ON customers (company_id, id)",
    "CREATE INDEX customers_by_status ON customers (company_id, status, id)",
    "CREATE INDEX customers_by_employee ON customers (assigned_employee_id, id)",
    "CREATE INDEX customers_by_activity ON customers (company_id, last_activity_at, id)",

    // For the filter alone; `customers.tags` keeps the order.
    R"(CREATE TABLE customer_tags (
      customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      tag TEXT NOT NULL,
      company_id TEXT NOT NULL,
      PRIMARY KEY (customer_id, tag)))",
    "CREATE INDEX customer_tags_by_tag ON customer_tags (company_id, tag, customer_id)",

    R"(CREATE TABLE widget_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY,
      customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL))",
    "CREATE INDEX widget_tokens_by_customer ON widget_tokens (customer_id, created_at)",
    "CREATE INDEX widget_tokens_by_expiry ON widget_tokens (expires_at)",

    R"(CREATE TABLE notes (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      author_id TEXT NOT NULL REFERENCES employees (id),
      body TEXT NOT NULL,
      pinned BIGINT NOT NULL,
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL))",
    "CREATE INDEX notes_by_company ON notes (company_id, id)",
    "CREATE INDEX notes_by_customer ON notes (customer_id, id)",
    "CREATE INDEX notes_by_author ON notes (author_id)",

    // The author as they were when they wrote it: no reference, so that nothing later reaches it.
    R"(CREATE TABLE messages (
      id TEXT NOT NULL PRIMARY KEY,
      company_id TEXT NOT NULL REFERENCES companies (id),
      customer_id TEXT NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
      direction TEXT NOT NULL,
      body TEXT NOT NULL,
      author_kind TEXT NOT NULL,
      author_id TEXT NOT NULL,
      author_name TEXT NOT NULL,
      author_avatar_url TEXT,
      version BIGINT NOT NULL,
      created_at BIGINT NOT NULL,
      updated_at BIGINT NOT NULL))",
    "CREATE INDEX messages_by_company ON messages (company_id, id)",
    "CREATE INDEX messages_by_customer ON messages (customer_id, id)",

    // No references: a row is written together with its company's counter, and outlives what it tells of.
    R"(CREATE TABLE change_log (
      company_id TEXT NOT NULL,
      seq BIGINT NOT NULL,
      at BIGINT NOT NULL,
      entity TEXT NOT NULL,
      action TEXT NOT NULL,
      object_id TEXT NOT NULL,
      author_kind TEXT NOT NULL,
      author_id TEXT,
      author_name TEXT NOT NULL,
      client TEXT NOT NULL,
      authority BIGINT NOT NULL,
      data TEXT NOT NULL,
      PRIMARY KEY (company_id, seq)))",

    R"(CREATE TABLE ended_sessions (
      company_id TEXT NOT NULL REFERENCES companies (id),
      authority BIGINT NOT NULL,
      session_id TEXT NOT NULL,
      ended_at BIGINT NOT NULL,
      PRIMARY KEY (company_id, authority, session_id)))",
    "CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at)",

    R"(CREATE TABLE idempotency (
      author_id TEXT NOT NULL,
      idempotency_key TEXT NOT NULL,
      request_hash TEXT NOT NULL,
      body TEXT NOT NULL,
      etag TEXT NOT NULL,
      epoch BIGINT,
      seq BIGINT,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (author_id, idempotency_key)))",
    "CREATE INDEX idempotency_by_time ON idempotency (created_at)",
};

}  // namespace

const migration migration_0001{1, "companies", statements, nullptr};

}  // namespace chatmesh::persistence
