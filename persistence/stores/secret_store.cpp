#include "persistence/stores/secret_store.hpp"

#include <sodium.h>

namespace chatmesh::persistence {

secret_store::secret_store(session& db) : find_(db.handle(), select("value", "FROM secrets WHERE name = :name")) {}

secret_key secret_store::cursor_key() {
  const auto hex = find_.one([](row& r) { return r.text(); }, "cursors");
  secret_key key{};
  std::size_t size = 0;
  if (!hex || sodium_hex2bin(key.data(), key.size(), hex->data(), hex->size(), nullptr, &size, nullptr) != 0 ||
      size != key.size())
    throw database_error("the database has lost the key of the widget's cursors");
  return key;
}

}  // namespace chatmesh::persistence
