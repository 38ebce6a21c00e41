#include "persistence/stores/image_store.hpp"

#include "domain/image.hpp"

namespace chatmesh::persistence {

image_store::image_store(session& db)
    : find_(db.handle(), select("i.content_type, i.data", "FROM images i JOIN companies k ON k.id = i.company_id "
                                                          "AND k.deleted_at IS NULL WHERE i.hash = :hash LIMIT 1")),
      insert_(db.handle(), "INSERT INTO images (employee_id, hash, company_id, content_type, data, is_signed) "
                           "VALUES (:employee, :hash, :company, :type, :data, 0) "
                           "ON CONFLICT (employee_id, hash) DO NOTHING"),
      claim_(db.handle(), "UPDATE images SET released_at = NULL WHERE employee_id = :employee AND hash = :hash "
                          "AND released_at IS NOT NULL"),
      release_(db.handle(), "UPDATE images SET released_at = :at WHERE employee_id = :employee AND hash <> :hash "
                            "AND is_signed = 0 AND released_at IS NULL"),
      sign_(db.handle(), apart("UPDATE images SET is_signed = 1 WHERE employee_id = :employee AND hash = :hash "
                               "AND is_signed = 0")),
      // The condition stands twice: another session may have claimed one of them since it was found.
      remove_(db.handle(), "DELETE FROM images WHERE (employee_id, hash) IN (SELECT employee_id, hash FROM images "
                           "WHERE released_at < :before LIMIT :rows) AND released_at < :before_still") {}

std::optional<stored_image> image_store::find(const secret_hash& hash) {
  const auto read = [](row& r) {
    std::string type = r.text();
    return stored_image{std::move(type), r.text()};
  };
  return find_.one(read, hash);
}

void image_store::insert(const domain::id& company, const domain::id& employee, const new_image& image) {
  insert_.execute(employee, image.hash, company, image.content_type, image.base64);
}

void image_store::keep_only(const domain::id& employee, const domain::optional_text& url, domain::timestamp at) {
  const auto hash = url ? domain::image_hash_in(*url) : std::string_view{};
  claim_.execute(employee, hash);
  release_.execute(at, employee, hash);
}

void image_store::sign(const domain::id& employee, const domain::optional_text& url) {
  if (const auto hash = url ? domain::image_hash_in(*url) : std::string_view{}; !hash.empty())
    sign_.send(employee, hash);
}

std::uint64_t image_store::remove_released(domain::timestamp before, std::uint64_t max_rows) {
  return remove_.execute(before, max_rows, before);
}

}  // namespace chatmesh::persistence
