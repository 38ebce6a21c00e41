#include "persistence/settings.hpp"
#include "persistence/sql/postgresql.hpp"

namespace chatmesh::persistence {

database_address parse_database_url(std::string_view url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite) && url.size() > sqlite.size())
    return {database_kind::sqlite, std::string{url.substr(sqlite.size())}};
  if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
    return {database_kind::postgresql, postgresql::connection_string(std::string{url})};
  throw database_error("must be sqlite:<file> or postgresql://<user>:<password>@<host>:<port>/<database>");
}

}  // namespace chatmesh::persistence
