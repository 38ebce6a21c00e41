#include "persistence/verify/row_check.hpp"

#include "domain/codec.hpp"
#include "persistence/stores/paging.hpp"

namespace chatmesh::persistence {

namespace {

// The members that differ, by name: values are nobody's business in an operator's terminal.
std::string differences(const std::string& row, const std::string& told) {
  const domain::json left = domain::json::parse(row), right = domain::json::parse(told);
  std::string names;
  for (const auto& [name, value] : left.items())
    if (right.value(name, domain::json()) != value)
      names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace

row_check::row_check(session& db, object_replay& replay, fault_list& faults)
    : stores_(db), find_owner_(db.handle(), select("object_id", "FROM audit_log WHERE company_id = :company "
                                                                "AND seq = :seq")),
      replay_(replay), faults_(faults) {}

std::uint64_t row_check::run(const chain_frame& frame, const chain_walk& walk) {
  frame_ = &frame;
  walk_ = &walk;
  rows_ = 0;
  const domain::id& company = frame.company;
  using domain::entity;
  if (const auto row = stores_.companies.find(company))
    check(entity::company, *row);
  check_pages(entity::employee, [&](const page_request& p) { return stores_.employees.list_with_removed(company, p); });
  check_pages(entity::customer, [&](const page_request& p) { return stores_.customers.list(company, {}, p); });
  check_pages(entity::note, [&](const page_request& p) { return stores_.notes.list(company, {}, p); });
  check_pages(entity::message, [&](const page_request& p) { return stores_.messages.list(company, {}, {}, p); });
  check_pages(entity::read, [&](const page_request& p) { return stores_.reads.list_all(company, p); });
  replay_.tell_unseen();
  return rows_;
}

template <class Read>
void row_check::check_pages(domain::entity entity, Read read) {
  page_request wanted{max_page, {}};
  try {
    do {
      const auto found = read(wanted);
      for (const auto& row : found.items)
        check(entity, row);
      wanted.after = found.next;
    } while (wanted.after);
    return;
  } catch (const database_error&) {
    faults_.add("a row of a " + std::string{to_string(entity)} + " can't be read, nor those behind it");
  } catch (const domain::json::exception&) {
    faults_.add("a row of a " + std::string{to_string(entity)} +
                " holds what is no JSON; those behind it are not read");
  }
  replay_.see_all(entity);
}

template <class Object>
void row_check::check(domain::entity entity, const Object& row) {
  ++rows_;
  told_object made = read_told(entity, domain::to_json(row));
  made.seq = row.last_seq;
  if (const auto told = replay_.find(made.id))
    compare(made, *told);
  else
    check_untold(made);
}

void row_check::compare(const told_object& row, const told_object& told) {
  replay_.see(row.id);
  const auto fault = [&](const std::string& what) { faults_.add(name_of(row.entity, row.id) + ": " + what); };
  const std::string last = "seq " + std::to_string(told.seq);
  if (told.entity != row.entity)
    fault("is a row of another kind than " + last + " told of");
  else if (told.gone)
    fault("its row is still there after its end");
  else if (row.text != told.text)
    fault("its row is not what the log tells" + (told.seq > 0 ? " (" + last + ")" : std::string{}) + ": " +
          differences(row.text, told.text));
  else if (told.seq > 0 ? row.seq != told.seq : row.seq >= walk_->kept)
    fault("its row names seq " + std::to_string(row.seq) + " as its last event");
}

// No kept event tells of it: then its last one was pruned.
void row_check::check_untold(const told_object& row) {
  const auto fault = [&](const std::string& what) { faults_.add(name_of(row.entity, row.id) + ": " + what); };
  const std::uint64_t first = walk_->last + 1 - walk_->links;  // of the chain, where it has no hole
  if (row.seq >= walk_->kept || (row.seq == 0 && first == 1))
    return fault("its row is in no event of the log");
  if (row.seq < first)
    return;  // no more is known
  const auto owner = find_owner_.one([](persistence::row& r) { return r.text(); }, frame_->company, row.seq);
  if (owner != row.id.to_string())
    fault("its row names seq " + std::to_string(row.seq) + ", which tells of something else");
}

}  // namespace chatmesh::persistence
