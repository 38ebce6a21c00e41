#include "persistence/verify/object_replay.hpp"

#include "domain/codec.hpp"

#include <filesystem>

namespace chatmesh::persistence {

namespace {

constexpr std::uint32_t rows_at_once = 500;

std::string scratch_name() {
  return (std::filesystem::temp_directory_path() / "chatmesh-verify").string();
}

settings scratch_settings(const std::string& file) {
  settings s;
  s.database = {database_kind::sqlite, file};
  return s;
}

// Nothing of it has to outlive this process.
auto& prepare_scratch(session& file) {
  const auto run = [&](const char* sql) { statement{file.handle(), sql}.execute(); };
  statement{file.handle(), {"PRAGMA journal_mode = OFF", 1}}.each([](row&) { return true; });
  run("PRAGMA synchronous = OFF");
  run("CREATE TABLE objects (id TEXT NOT NULL PRIMARY KEY, entity TEXT NOT NULL, customer TEXT, "
      "version BIGINT NOT NULL, seq BIGINT NOT NULL, text TEXT NOT NULL, gone BIGINT NOT NULL, "
      "seen BIGINT NOT NULL) WITHOUT ROWID");
  run("CREATE INDEX objects_by_customer ON objects (customer)");
  run("CREATE TABLE pruned (object TEXT NOT NULL PRIMARY KEY, seq BIGINT NOT NULL) WITHOUT ROWID");
  return file.handle();
}

constexpr std::string_view columns = "id, entity, customer, version, seq, text, gone";

told_object read_stored(row& r) {
  told_object found;
  found.id = r.id();
  found.entity = r.name(domain::parse_entity);
  found.customer = r.optional_id();
  found.version = r.count();
  found.seq = r.count();
  found.text = r.text();
  found.gone = r.flag();
  return found;
}

std::string at(std::uint64_t seq) {
  return "seq " + std::to_string(seq) + ": ";
}

std::optional<domain::id> id_at(const domain::json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? domain::id::parse(found->get<std::string>()) : std::nullopt;
}

const char* embedding_member(domain::entity entity) {
  return entity == domain::entity::note ? "author" : entity == domain::entity::customer ? "assigned_employee" : nullptr;
}

}  // namespace

std::string name_of(domain::entity entity, const domain::id& id) {
  return std::string{to_string(entity)} + " " + id.to_string();
}

const domain::json* embedded_employee(domain::entity entity, const domain::json& object) {
  const char* const member = embedding_member(entity);
  const auto found = member ? object.find(member) : object.end();
  return found != object.end() && found->is_object() ? &*found : nullptr;
}

told_object read_told(domain::entity entity, const domain::json& object) {
  told_object told;
  told.entity = entity;
  told.id = id_at(object, "id").value_or(domain::id{});
  told.customer = id_at(object, "customer_id");
  told.version = object.value("version", std::uint64_t{0});
  domain::json bare = object;
  if (const domain::json* employee = embedded_employee(entity, object))
    bare[embedding_member(entity)] = employee->value("id", domain::json());
  told.text = domain::dump(bare);
  return told;
}

object_replay::object_replay(fault_list& faults)
    : faults_(faults), place_(scratch_name()), file_(scratch_settings(place_.path())),
      begin_(prepare_scratch(file_), "BEGIN"), commit_(file_.handle(), "COMMIT"),
      clear_(file_.handle(), "DELETE FROM objects"), clear_pruned_(file_.handle(), "DELETE FROM pruned"),
      note_pruned_(file_.handle(), "INSERT INTO pruned (object, seq) VALUES (:object, :seq) "
                                   "ON CONFLICT (object) DO UPDATE SET seq = excluded.seq"),
      find_pruned_(file_.handle(), select("seq", "FROM pruned WHERE object = :object")),
      put_(file_.handle(), "INSERT INTO objects (id, entity, customer, version, seq, text, gone, seen) "
                           "VALUES (:id, :entity, :customer, :version, :seq, :text, :gone, 0) "
                           "ON CONFLICT (id) DO UPDATE SET version = excluded.version, seq = excluded.seq, "
                           "text = excluded.text, gone = excluded.gone"),
      find_(file_.handle(), select(columns, "FROM objects WHERE id = :id")),
      end_customer_(file_.handle(), "UPDATE objects SET gone = 1 WHERE customer = :customer"),
      see_(file_.handle(), "UPDATE objects SET seen = 1 WHERE id = :id"),
      see_all_(file_.handle(), "UPDATE objects SET seen = 1 WHERE entity = :entity"),
      unseen_(file_.handle(), select(columns, "FROM objects WHERE seen = 0 AND gone = 0 AND id > :after ORDER BY id "
                                              "LIMIT :rows")) {}

void object_replay::begin() {
  kept_ = 0;
  begin_.execute();
  clear_.execute();
  clear_pruned_.execute();
}

void object_replay::note_pruned(const domain::id& object, std::uint64_t seq) {
  note_pruned_.execute(object, seq);
}

std::uint64_t object_replay::find_pruned(const domain::id& object) {
  return find_pruned_.one([](row& r) { return r.count(); }, object).value_or(0);
}

void object_replay::end() {
  commit_.execute();
}

void object_replay::apply(const kept_link& link) {
  const domain::change& c = link.change;
  if (const domain::json* employee = embedded_employee(c.entity, link.object))
    learn_employee(*employee, c.seq);
  told_object next = read_told(c.entity, link.object);
  next.seq = c.seq;
  // A removed employee keeps its row.
  next.gone = c.action == domain::action::deleted && c.entity != domain::entity::employee;
  check_step(link, next, find(next.id));
  put(next);
  if (next.gone && c.entity == domain::entity::customer)
    end_customer_.execute(next.id);  // its notes and messages: the one event implies it
}

// An event shows employees as they were then, and that is as their own last event showed them.
void object_replay::learn_employee(const domain::json& employee, std::uint64_t seq) {
  told_object shown = read_told(domain::entity::employee, employee);
  const auto known = find(shown.id);
  if (!known)
    put(shown);
  else if (known->text != shown.text)
    faults_.add(at(seq) + "shows " + name_of(shown.entity, shown.id) + " otherwise than the log tells of it");
}

void object_replay::check_step(const kept_link& link, const told_object& next,
                               const std::optional<told_object>& known) {
  const domain::change& c = link.change;
  const auto fault = [&](const std::string& what) { faults_.add(at(c.seq) + name_of(c.entity, next.id) + " " + what); };
  const bool created = c.action == domain::action::created;
  if (known && known->gone)
    fault("had ended before");
  if (created && (known || next.version != 1))
    fault("was there before it was created");
  const bool keeps_version = c.action == domain::action::deleted && c.entity != domain::entity::employee;
  if (!created && known && next.version != known->version + (keeps_version ? 0 : 1))
    fault("has version " + std::to_string(next.version) + " after " + std::to_string(known->version));
  const bool known_by_event = known && known->seq > 0;
  if (known_by_event ? link.previous_seq != known->seq : link.previous_seq >= kept_)
    fault("names seq " + std::to_string(link.previous_seq) + " as its event before");
}

std::optional<told_object> object_replay::find(const domain::id& id) {
  return find_.one(read_stored, id);
}

void object_replay::put(const told_object& o) {
  put_.execute(o.id, to_string(o.entity), o.customer, o.version, o.seq, o.text, o.gone);
}

void object_replay::see(const domain::id& id) {
  see_.execute(id);
}

void object_replay::see_all(domain::entity entity) {
  see_all_.execute(to_string(entity));
}

void object_replay::tell_unseen() {
  std::string after;
  for (auto found = unseen_.all(read_stored, after, rows_at_once); !found.empty();
       found = unseen_.all(read_stored, after, rows_at_once)) {
    for (const told_object& each : found)
      faults_.add(name_of(each.entity, each.id) + ": its row is missing" +
                  (each.seq > 0 ? "; seq " + std::to_string(each.seq) + " told of it last" : std::string{}));
    after = found.back().id.to_string();
  }
}

}  // namespace chatmesh::persistence
