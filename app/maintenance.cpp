#include "app/maintenance.hpp"

#include "app/cluster_status.hpp"
#include "app/process.hpp"
#include "persistence/backup.hpp"
#include "persistence/cluster_session.hpp"
#include "persistence/verify.hpp"

#include <ostream>

namespace chatmesh::app {

namespace {

int verify(const config::settings& s, const config::invocation& asked, std::ostream& console) {
  std::vector<persistence::expected_head> expected;
  for (const std::string& text : asked.expected)
    if (const auto head = persistence::parse_expected_head(text))
      expected.push_back(*head);
    else
      throw config::config_error{"--expect=" + text +
                                 ": a head is <company>:<seq>:<hash>, as verify prints it, or the hash alone"};
  const auto print = [&](const std::string& line) { console << line << "\n"; };
  const auto found = persistence::verify(s.persistence, expected, print);
  console << found.companies << " companies, " << found.changes << " changes, " << found.objects << " objects checked; "
          << found.faults << " faults" << std::endl;
  return found.faults == 0 ? ended_in_order : failed;
}

int backup(const config::settings& s, const config::invocation& asked, std::ostream& console) {
  persistence::backup(s.persistence, asked.file, asked.force);
  console << "the database is backed up to " << asked.file << std::endl;
  return ended_in_order;
}

int restore(const config::settings& s, const config::invocation& asked, std::ostream& console) {
  persistence::restore(s.persistence, asked.file, asked.force);
  console << "the database is that of " << asked.file << ", with a new epoch" << std::endl;
  return ended_in_order;
}

int renew_epochs(const config::settings& s, std::ostream& console) {
  console << persistence::renew_epochs(s.persistence) << " companies have a new epoch" << std::endl;
  return ended_in_order;
}

int show_cluster(const config::settings& s, std::ostream& console) {
  show_nodes(persistence::cluster_session{s.persistence}.nodes(), console);
  return ended_in_order;
}

}  // namespace

int maintain(const config::configuration& configuration, std::ostream& console) {
  const config::settings& settings = configuration.values();
  const config::invocation& asked = configuration.asked();
  switch (asked.what) {
  case config::command::verify: return verify(settings, asked, console);
  case config::command::backup: return backup(settings, asked, console);
  case config::command::restore: return restore(settings, asked, console);
  case config::command::new_epoch: return renew_epochs(settings, console);
  case config::command::cluster_status: return show_cluster(settings, console);
  default: throw std::logic_error("a command that is none of these");
  }
}

}  // namespace chatmesh::app
