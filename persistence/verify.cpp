#include "persistence/verify.hpp"

#include "persistence/schema/version.hpp"
#include "persistence/verify/row_check.hpp"

namespace chatmesh::persistence {

namespace {

// The lowest id above :after in every table that may name a company.
constexpr std::string_view all_companies =
    "FROM (SELECT MIN(id) AS id FROM companies WHERE id > :after_1 "
    "UNION ALL SELECT MIN(company_id) FROM company_counters WHERE company_id > :after_2 "
    "UNION ALL SELECT MIN(company_id) FROM change_log WHERE company_id > :after_3 "
    "UNION ALL SELECT MIN(company_id) FROM audit_log WHERE company_id > :after_4 "
    "UNION ALL SELECT MIN(company_id) FROM log_checkpoints WHERE company_id > :after_5) AS found";

// What stands of a company in the tables that have one row of it.
struct company_state {
  bool has_row = false, is_deleted = false, has_counter = false;
  chain_frame frame;

  // Its rows and links go one after the other; the checkpoint at the head is what stays.
  bool is_being_erased() const {
    return is_deleted && frame.checkpoint > 0 && (!has_counter || frame.checkpoint == frame.head);
  }
  bool is_erased() const { return !has_row && !has_counter && frame.checkpoint > 0; }
  standing stands() const {
    if (is_erased() || is_being_erased())
      return standing::erased;
    if (!has_row || !has_counter)
      return standing::unknown;
    return is_deleted ? standing::deleted : standing::alive;
  }
};

class verifier {
public:
  verifier(const settings& s, const std::vector<expected_head>& expected,
           const std::function<void(const std::string&)>& print)
      : db_(s), print_(print), faults_(print), expected_(expected, print),
        next_company_(db_.handle(), select("MIN(id)", all_companies)),
        find_row_(db_.handle(), select("CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END", "FROM companies "
                                                                                         "WHERE id = :id")),
        find_counter_(db_.handle(), select("seq, authority", "FROM company_counters WHERE company_id = :company")),
        find_checkpoint_(db_.handle(), select("seq, hash", "FROM log_checkpoints WHERE company_id = :company")),
        count_links_(db_.handle(), select("(SELECT COUNT(*) FROM change_log WHERE company_id = :company_1) + "
                                          "(SELECT COUNT(*) FROM audit_log WHERE company_id = :company_2)",
                                          "")),
        chain_(db_, faults_, expected_), replay_(faults_), rows_(db_, replay_, faults_) {}

  verify_result run() {
    require_own_schema(db_);
    for (auto company = find_next({}); company; company = find_next(*company))
      check(*company);
    faults_.begin({});
    expected_.tell_missing(faults_);
    if (faults_.count() > max_named_faults)
      print_("... and " + std::to_string(faults_.count() - max_named_faults) + " faults more");
    result_.faults = faults_.count();
    return result_;
  }

private:
  std::optional<std::string> find_next(const std::string& after) {
    const auto found = next_company_.one([](row& r) { return r.optional_text(); }, after, after, after, after, after);
    return found.value_or(std::nullopt);
  }

  // In one transaction, so that a database in use is seen as of one moment.
  void check(const std::string& name) {
    ++result_.companies;
    faults_.begin(name);
    const auto company = domain::id::parse(name);
    if (!company)
      return faults_.add("its id is none");
    db_.begin_read();
    const company_state state = read_state(*company);
    expected_.begin(*company, state.stands());
    if (state.stands() == standing::erased)
      note_erased(state);
    else
      check_whole(state);
    db_.commit();
  }

  company_state read_state(const domain::id& company) {
    company_state state;
    state.frame.company = company;
    if (const auto deleted = find_row_.one([](row& r) { return r.flag(); }, company)) {
      state.has_row = true;
      state.is_deleted = *deleted;
    }
    const auto read_counter = [&](row& r) {
      state.frame.head = r.count();
      state.frame.authority = r.count();
      return state.has_counter = true;
    };
    find_counter_.one(read_counter, company);
    const auto read_checkpoint = [&](row& r) {
      state.frame.checkpoint = r.count();
      state.frame.checkpoint_hash = r.text();
      return true;
    };
    find_checkpoint_.one(read_checkpoint, company);
    return state;
  }

  void note_erased(const company_state& state) {
    if (!state.has_counter)  // which the eraser takes when the log is gone
      check_log_is_gone(state.frame.company);
    expected_.see(state.frame.checkpoint, state.frame.checkpoint_hash);
    print_head(state, state.frame.checkpoint, state.frame.checkpoint_hash);
  }

  void check_log_is_gone(const domain::id& company) {
    const auto rows = count_links_.one([](row& r) { return r.count(); }, company, company).value();
    if (rows > 0)
      faults_.add("is erased, and " + std::to_string(rows) + " rows of its log are still there");
  }

  void check_whole(const company_state& state) {
    if (!state.has_row)
      faults_.add("has a log and no row");
    if (!state.has_counter)
      faults_.add("has no counter");
    std::uint64_t kept = 0, authority = 0;
    bool ended = false;
    replay_.begin();
    const auto visit_pruned = [&](const domain::change& c) { replay_.note_pruned(c.object_id, c.seq); };
    const auto visit = [&](const kept_link& link) {
      if (kept == 0)
        replay_.keep_from(kept = link.change.seq);
      replay_.apply(link);
      authority = link.change.authority;
      ended = link.change.entity == domain::entity::company && link.change.action == domain::action::deleted;
    };
    const chain_walk walk = chain_.run(state.frame, visit_pruned, visit);
    if (authority > state.frame.authority)
      faults_.add("its counter's authority is below that of its last change");
    if (kept > 0 && ended != state.is_deleted)
      faults_.add(ended ? "is not marked as deleted, as its last change tells"
                        : "is marked as deleted, and no change tells of it");
    if (!state.is_deleted)  // nobody reads the rows of a deleted one
      result_.objects += rows_.run(state.frame, walk);
    replay_.end();
    result_.changes += walk.links;
    print_head(state, walk.last, walk.last_hash);
  }

  void print_head(const company_state& state, std::uint64_t seq, const std::string& hash) {
    print_("head " + to_text({state.frame.company, seq, hash, state.is_deleted || state.is_erased()}) +
           (state.is_erased() ? " erased" : ""));
  }

  session db_;
  const std::function<void(const std::string&)>& print_;
  fault_list faults_;
  expected_heads expected_;
  statement next_company_, find_row_, find_counter_, find_checkpoint_, count_links_;
  chain_check chain_;
  object_replay replay_;
  row_check rows_;
  verify_result result_;
};

}  // namespace

verify_result verify(const settings& s, const std::vector<expected_head>& expected,
                     const std::function<void(const std::string&)>& print) {
  settings reading = s;
  reading.read_only = true;
  try {
    return verifier{reading, expected, print}.run();
  } catch (const soci::soci_error& e) {
    throw database_error("the database can't be read: " + describe(e));
  }
}

}  // namespace chatmesh::persistence
