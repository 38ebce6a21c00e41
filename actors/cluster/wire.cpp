#include "actors/cluster/wire.hpp"

#include "actors/cluster/wire_bytes.hpp"

#include <algorithm>
#include <chrono>

namespace chatmesh::actors {

namespace {

// Never given another meaning.
enum class message : std::uint64_t { greeting = 1, interest = 2, noted = 3, parcel = 4, receipt = 5 };
enum class item : std::uint64_t { changes = 1, endings = 2, head = 3, presences = 4, typing = 5 };

constexpr std::size_t id_size = 36;  // of its text; no change is smaller

wire_writer begin(message kind) {
  wire_writer out;
  out.number(static_cast<std::uint64_t>(kind));
  return out;
}

std::string wrap(item kind, std::string_view content) {
  return wire_writer{}.number(static_cast<std::uint64_t>(kind)).text(content).take();
}

void write_ids(wire_writer& out, const std::vector<domain::id>& ids) {
  out.number(ids.size());
  for (const auto& each : ids)
    out.id(each);
}

std::vector<domain::id> read_ids(wire_reader& in) {
  std::vector<domain::id> ids(in.count(id_size));
  for (auto& each : ids)
    each = in.id();
  return ids;
}

std::optional<domain::id> read_optional_id(wire_reader& in) {
  const auto id = in.text();
  return id.empty() ? std::nullopt : std::optional{wire_reader::value_of(domain::id::parse(id))};
}

void write_author(wire_writer& out, const domain::author& by) {
  out.text(to_string(by.kind)).text(by.id ? by.id->to_string() : std::string{}).text(by.name).text(by.client);
}

// This and read_change() answer whether it is of kinds that this program knows; what a newer one adds is read past.
bool read_author(wire_reader& in, domain::author& by) {
  const auto kind = domain::parse_author_kind(in.text());
  by.kind = kind.value_or(domain::author_kind::system);
  by.id = read_optional_id(in);
  by.name = in.text();
  by.client = in.text();
  return kind.has_value();
}

// Without what all of them share.
std::string record_of(const domain::change& c) {
  wire_writer out;
  out.number(c.seq).number(c.authority).number(static_cast<std::uint64_t>(c.at.time_since_epoch().count()));
  out.text(to_string(c.entity)).text(to_string(c.action)).id(c.object_id);
  write_author(out, c.by);
  out.text(c.data);
  return out.take();
}

bool read_change(wire_reader in, domain::change& c) {
  c.seq = in.number();
  c.authority = in.number();
  c.at = domain::timestamp{domain::timestamp::duration{static_cast<std::int64_t>(in.number())}};
  const auto entity = domain::parse_entity(in.text());
  const auto action = domain::parse_action(in.text());
  c.entity = entity.value_or(domain::entity::company);
  c.action = action.value_or(domain::action::updated);
  c.object_id = in.id();
  const bool knows_author = read_author(in, c.by);
  c.data = in.text();
  return entity && action && knows_author;
}

// A head in place of changes of which one is of a newer program's kind: the log has them.
void read_changes(wire_reader in, parcel& to) {
  company_head at;
  at.company = in.id();
  at.epoch = in.small_number();
  change_list all(in.count(id_size));
  bool known = true;
  for (auto& each : all) {
    known = read_change(in.record(), each) && known;
    each.company_id = at.company;
    each.epoch = at.epoch;
    at.head = std::max(at.head, each.seq);
    at.authority = std::max(at.authority, each.authority);
  }
  if (all.empty())
    throw malformed{};
  if (known)
    to.items.emplace_back(std::move(all));
  else
    to.items.emplace_back(at);
}

endings read_endings(wire_reader in) {
  endings e;
  e.company = in.id();
  e.authority = in.number();
  e.sessions = read_ids(in);
  if (!in.at_end())
    e.epoch = in.small_number();
  return e;
}

company_head read_head(wire_reader in) {
  company_head at;
  at.company = in.id();
  at.epoch = in.small_number();
  at.head = in.number();
  at.authority = in.number();
  return at;
}

presences read_presences(wire_reader in) {
  presences p;
  p.company = in.id();
  p.changes.resize(in.count(id_size));
  for (auto& each : p.changes) {
    each.employee_id = in.id();
    each.online = in.number() != 0;
  }
  return p;
}

void read_typing(wire_reader in, parcel& to) {
  typing_notice t;
  t.company = in.id();
  t.notice.customer_id = in.id();
  if (read_author(in, t.notice.by))
    to.items.emplace_back(std::move(t));
}

parcel read_parcel(wire_reader& in) {
  parcel p{.number = in.number(), .items = {}};
  while (!in.at_end()) {
    const auto kind = in.number();
    auto content = in.record();
    switch (item(kind)) {
    case item::changes: read_changes(content, p); break;
    case item::endings: p.items.emplace_back(read_endings(content)); break;
    case item::head: p.items.emplace_back(read_head(content)); break;
    case item::presences: p.items.emplace_back(read_presences(content)); break;
    case item::typing: read_typing(content, p); break;
    default: break;  // a newer node's
    }
  }
  return p;
}

greeting read_greeting(wire_reader& in) {
  greeting g;
  g.node = in.id();
  g.name = in.text();
  g.oldest = in.small_number();
  g.newest = in.small_number();
  if (!in.at_end())
    g.to = read_optional_id(in).value_or(domain::id{});
  return g;
}

interest read_interest(wire_reader& in) {
  interest i;
  i.number = in.number();
  i.begins = read_ids(in);
  i.ends = read_ids(in);
  return i;
}

link_message read(wire_reader& in) {
  switch (message(in.number())) {
  case message::greeting: return read_greeting(in);
  case message::interest: return read_interest(in);
  case message::noted: return noted{in.number()};
  case message::parcel: return read_parcel(in);
  case message::receipt: return receipt{in.number()};
  default: return unknown_message{};
  }
}

}  // namespace

std::string encode(const greeting& g) {
  return begin(message::greeting)
      .id(g.node)
      .text(g.name)
      .number(g.oldest)
      .number(g.newest)
      .text(g.to == domain::id{} ? std::string{} : g.to.to_string())
      .take();
}

std::string encode(const interest& i) {
  auto out = begin(message::interest).number(i.number);
  write_ids(out, i.begins);
  write_ids(out, i.ends);
  return out.take();
}

std::string encode(noted n) {
  return begin(message::noted).number(n.number).take();
}

std::string encode(receipt r) {
  return begin(message::receipt).number(r.number).take();
}

item_ptr encode_changes(std::span<const domain::change> all) {
  const auto& last = all.back();
  wire_writer out;
  out.id(last.company_id).number(last.epoch).number(all.size());
  for (const auto& each : all)
    out.text(record_of(each));
  return std::make_shared<const encoded_item>(encoded_item{
      {last.company_id, last.epoch, last.seq, last.authority}, all.size(), wrap(item::changes, out.take()), false});
}

item_ptr encode_endings(const endings& e) {
  wire_writer out;
  out.id(e.company).number(e.authority);
  write_ids(out, e.sessions);
  out.number(e.epoch);
  return std::make_shared<const encoded_item>(
      encoded_item{{e.company, e.epoch, 0, e.authority}, 0, wrap(item::endings, out.take()), false});
}

item_ptr encode_typing(const typing_notice& t) {
  wire_writer out;
  out.id(t.company).id(t.notice.customer_id);
  write_author(out, t.notice.by);
  return std::make_shared<const encoded_item>(encoded_item{{}, 0, wrap(item::typing, out.take()), true});
}

std::string encode_parcel(std::uint64_t number, std::span<const item_ptr> items, std::span<const company_head> heads,
                          std::span<const presences> online) {
  auto bytes = begin(message::parcel).number(number).take();
  for (const auto& each : items)
    bytes.append(each->bytes);
  for (const auto& at : heads)
    bytes.append(
        wrap(item::head, wire_writer{}.id(at.company).number(at.epoch).number(at.head).number(at.authority).take()));
  for (const auto& each : online) {
    wire_writer out;
    out.id(each.company).number(each.changes.size());
    for (const auto& change : each.changes)
      out.id(change.employee_id).number(change.online ? 1 : 0);
    bytes.append(wrap(item::presences, out.take()));
  }
  return bytes;
}

std::optional<link_message> decode(std::string_view bytes) {
  try {
    wire_reader in{bytes};
    return read(in);
  } catch (const malformed&) {
    return std::nullopt;
  }
}

std::optional<std::uint32_t> common_wire(const greeting& ours, const greeting& theirs) {
  const auto newest = std::min(ours.newest, theirs.newest);
  return newest >= std::max(ours.oldest, theirs.oldest) ? std::optional{newest} : std::nullopt;
}

}  // namespace chatmesh::actors
