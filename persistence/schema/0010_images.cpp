#include "persistence/schema/0010_images.hpp"

namespace chatmesh::persistence {

namespace {

constexpr std::string_view statements[] = {
    // Avatars that were uploaded, each by the hash of its bytes, which are kept as base64.
    R"(CREATE TABLE images (
      employee_id TEXT NOT NULL REFERENCES employees (id),
      hash TEXT NOT NULL,
      company_id TEXT NOT NULL REFERENCES companies (id),
      content_type TEXT NOT NULL,
      data TEXT NOT NULL,
      is_signed BIGINT NOT NULL,
      released_at BIGINT,
      PRIMARY KEY (employee_id, hash)))",
    "CREATE INDEX images_by_hash ON images (hash)",
    "CREATE INDEX images_by_company ON images (company_id, hash)",
    "CREATE INDEX images_by_release ON images (released_at) WHERE released_at IS NOT NULL",
};

}  // namespace

const migration migration_0010{10, "images", statements, nullptr};

}  // namespace chatmesh::persistence
