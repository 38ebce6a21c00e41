#include "persistence/cluster_session.hpp"

#include "persistence/history.hpp"
#include "persistence/schema/version.hpp"
#include "persistence/sql/dialect.hpp"
#include "persistence/sql/session.hpp"

#include <type_traits>
#include <utility>

namespace chatmesh::persistence {

namespace {

node_info read_node(row& r) {
  node_info node;
  node.id = r.id();
  node.name = r.text();
  node.started_at = r.time();
  node.address = r.text();
  node.links = r.text();
  return node;
}

company_head read_head(row& r) {
  company_head at;
  at.company = r.id();
  at.epoch = static_cast<std::uint32_t>(r.count());
  at.head = r.count();
  at.authority = r.count();
  return at;
}

// [["<company>", <epoch>, <head>, <authority>], ...]
std::string to_text(const std::vector<company_head>& heads) {
  std::string text = "[";
  for (const company_head& each : heads) {
    text.append(text.size() > 1 ? ",[\"" : "[\"").append(each.company.to_string()).append("\"");
    for (const std::uint64_t number : {std::uint64_t{each.epoch}, each.head, each.authority})
      text.append(",").append(std::to_string(number));
    text.append("]");
  }
  return text.append("]");
}

}  // namespace

struct cluster_session::link {
  explicit link(const settings& s) : db(s) {}

  session db;
  statement renew{db.handle(), "UPDATE nodes SET expires_at = :expires, address = :address, links = :links "
                               "WHERE id = :id AND expires_at > :now"};
  statement enter{db.handle(), "INSERT INTO nodes (id, name, started_at, expires_at, address, links) "
                               "VALUES (:id, :name, :started, :expires, :address, :links) "
                               "ON CONFLICT (id) DO UPDATE SET expires_at = EXCLUDED.expires_at, "
                               "address = EXCLUDED.address, links = EXCLUDED.links"};
  statement leave{db.handle(), "DELETE FROM nodes WHERE id = :id"};
  statement sweep{db.handle(), "DELETE FROM nodes WHERE id IN (SELECT id FROM nodes WHERE expires_at <= :now "
                               "ORDER BY expires_at LIMIT :rows FOR UPDATE SKIP LOCKED)"};
  statement nodes{db.handle(), select("id, name, started_at, address, links",
                                      "FROM nodes WHERE expires_at > :now ORDER BY started_at, id LIMIT :rows")};
  statement newer{db.handle(), select("c.company_id, c.epoch, c.seq, c.authority",
                                      "FROM json_array_elements(CAST(:known AS JSON)) k "
                                      "JOIN company_counters c ON c.company_id = k->>0 "
                                      "WHERE c.seq > CAST(k->>2 AS BIGINT) OR c.authority > CAST(k->>3 AS BIGINT) "
                                      "OR c.epoch <> CAST(k->>1 AS BIGINT)")};
};

cluster_session::cluster_session(const settings& s) : settings_(s) {
  if (s.database.kind == database_kind::sqlite)
    throw database_error("an SQLite file serves one process: the nodes of a cluster share a PostgreSQL database");
}

cluster_session::~cluster_session() = default;

// `work(link)` inside a transaction.
template <class Work>
auto cluster_session::run(Work work) {
  try {
    if (!link_) {
      link_ = std::make_unique<link>(settings_);
      require_own_or_newer_schema(link_->db);
      check_history(link_->db);  // who is asked next for newer heads names every company of another one
    }
    link_->db.begin_write();
    if constexpr (std::is_void_v<std::invoke_result_t<Work, link&>>) {
      work(*link_);
      link_->db.commit();
    } else {
      auto result = work(*link_);
      link_->db.commit();
      return result;
    }
  } catch (const soci::soci_error& e) {
    link_.reset();
    throw database_error("the cluster's session: " + describe(e));
  } catch (...) {
    link_.reset();
    throw;
  }
}

// Its own row first, since another one may be about to sweep it; what others hold is skipped, so that no two nodes wait
// for each other.
bool cluster_session::renew(const node_info& node, std::chrono::milliseconds lease) {
  return run([&](link& l) {
    const auto now = l.db.now();
    const bool renewed = l.renew.execute(now + lease, node.address, node.links, node.id, now) > 0;
    if (!renewed)
      l.enter.execute(node.id, node.name, now, now + lease, node.address, node.links);
    l.sweep.execute(now, max_swept);
    return renewed;
  });
}

void cluster_session::leave(const domain::id& node) {
  run([&](link& l) { l.leave.execute(node); });
}

std::vector<node_info> cluster_session::nodes() {
  return run([](link& l) { return l.nodes.all(read_node, l.db.now(), max_nodes); });
}

std::vector<company_head> cluster_session::find_newer(const std::vector<company_head>& known) {
  return run([&](link& l) { return l.newer.all(read_head, to_text(known)); });
}

}  // namespace chatmesh::persistence
