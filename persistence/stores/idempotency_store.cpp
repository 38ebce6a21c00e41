#include "persistence/stores/idempotency_store.hpp"

namespace chatmesh::persistence {

idempotency_store::idempotency_store(session& db)
    : find_(db.handle(), select("CASE WHEN request_hash = :request THEN 1 ELSE 0 END, body, etag, epoch, seq",
                                "FROM idempotency WHERE author_id = :author AND idempotency_key = :key "
                                "AND created_at > :oldest")),
      // The row that is replaced has outlived its day and was only not yet removed.
      insert_(db.handle(),
              "INSERT INTO idempotency (author_id, idempotency_key, request_hash, body, etag, epoch, seq, created_at) "
              "VALUES (:author, :key, :request, :body, :etag, :epoch, :seq, :at) "
              "ON CONFLICT (author_id, idempotency_key) DO UPDATE SET request_hash = excluded.request_hash, "
              "body = excluded.body, etag = excluded.etag, epoch = excluded.epoch, seq = excluded.seq, "
              "created_at = excluded.created_at"),
      remove_old_(db.handle(), "DELETE FROM idempotency WHERE (author_id, idempotency_key) IN "
                               "(SELECT author_id, idempotency_key FROM idempotency WHERE created_at <= :oldest "
                               "LIMIT :rows)") {}

std::optional<idempotency_store::answer> idempotency_store::find(const domain::id& author, const idempotency& key,
                                                                 domain::timestamp now) {
  const auto read = [](row& r) {
    answer a;
    a.same_request = r.flag();
    a.first.body = r.text();
    a.first.etag = r.text();
    const auto epoch = r.optional_count();
    const auto seq = r.optional_count();
    if (epoch && seq)
      a.first.cursor = domain::cursor{static_cast<std::uint32_t>(*epoch), *seq};
    return a;
  };
  return find_.one(read, key.request, author, key.key, now - idempotency_life);
}

void idempotency_store::foresee(const domain::id& author, const idempotency& key, domain::timestamp now) {
  find_.foresee(author, key.request, author, key.key, now - idempotency_life);
}

void idempotency_store::insert(const domain::id& author, const idempotency& key, const written& first,
                               domain::timestamp now) {
  std::optional<std::uint32_t> epoch;
  std::optional<std::uint64_t> seq;
  if (first.cursor) {
    epoch = first.cursor->epoch;
    seq = first.cursor->seq;
  }
  insert_.send_about(author, author, key.key, key.request, first.body, first.etag, epoch, seq, now);
}

std::uint64_t idempotency_store::remove_old(domain::timestamp now, std::uint64_t max_rows) {
  return remove_old_.execute(now - idempotency_life, max_rows);
}

}  // namespace chatmesh::persistence
