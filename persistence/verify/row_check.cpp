#include "persistence/verify/row_check.hpp"

#include "domain/codec.hpp"
#include "persistence/stores/log_chain.hpp"
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

// Of the employee that is shown inside.
std::uint64_t employee_seq_of(const domain::record&) {
  return 0;
}
std::uint64_t employee_seq_of(const domain::customer& c) {
  return c.assigned_employee ? c.assigned_employee->last_seq : 0;
}
std::uint64_t employee_seq_of(const domain::note& n) {
  return n.author.last_seq;
}

struct pruned_event {
  std::optional<domain::change> change;  // none: a value that can't be, as the walk has told
  std::string content;                   // the hash of what it said
};

pruned_event read_pruned(row& r) {
  try {
    domain::change c = read_chained(r);
    return {std::move(c), r.text()};
  } catch (const database_error&) {
    return {};
  }
}

}  // namespace

row_check::row_check(session& db, object_replay& replay, fault_list& faults)
    : stores_(db), find_pruned_(db.handle(), select(std::string{chain_columns}.append(", content_hash"),
                                                    "FROM audit_log WHERE company_id = :company AND seq = :seq")),
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
    check_untold({std::move(made), domain::to_text(row), employee_seq_of(row)});
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
void row_check::check_untold(const untold_row& row) {
  const auto fault = [&](const std::string& what) { faults_.add(name_of(row.made.entity, row.made.id) + ": " + what); };
  const std::uint64_t seq = row.made.seq;
  const std::uint64_t first = walk_->last + 1 - walk_->links;  // of the chain, where it has no hole
  const std::uint64_t last_pruned = replay_.find_pruned(row.made.id);
  if (seq >= walk_->kept || (seq == 0 && first == 1))
    fault("its row is in no event of the log");
  else if (seq < last_pruned)
    fault("its row names seq " + std::to_string(seq) + " as its last event, seq " + std::to_string(last_pruned) +
          " told of it later");
  else if (seq >= first)
    check_pruned(row);
  // of what is older no more is known
}

// The hash of that event says whether the row is what it told.
void row_check::check_pruned(const untold_row& row) {
  const told_object& made = row.made;
  const std::string last = "seq " + std::to_string(made.seq);
  const auto fault = [&](const std::string& what) { faults_.add(name_of(made.entity, made.id) + ": " + what); };
  const auto event = find_pruned_.one(read_pruned, frame_->company, made.seq);
  if (event && !event->change)
    return;
  if (!event || event->change->object_id != made.id || event->change->entity != made.entity)
    return fault("its row names " + last + ", which tells of something else");
  if (event->change->action == domain::action::deleted && made.entity != domain::entity::employee)
    return fault("its row is still there after its end");
  // An employee who changed since is shown as they are now; how they were then is gone.
  const bool is_as_told = row.employee_seq < made.seq;
  if (is_as_told && content_hash(domain::encode_change_data(*event->change, row.text)) != event->content)
    fault("its row is not what the log told (" + last + ", of which the hash is kept)");
}

}  // namespace chatmesh::persistence
