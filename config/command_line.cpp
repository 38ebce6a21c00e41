#include "config/command_line.hpp"

#include "config/config_error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace chatmesh::config {

namespace {

constexpr std::string_view force_flag = "--force";
constexpr std::string_view expect_flag = "--expect=";

struct command_row {
  std::string_view name;
  command what;
  std::string_view usage;
  std::string_view help;
  bool takes_file = false;
  std::string_view flag = {};  // its own; the settings are everyone's
  std::string_view verb = {};  // a second word that belongs to the name
};

constexpr std::array commands{
    command_row{"serve", command::serve, "[serve]", "runs the server"},
    command_row{"verify", command::verify, "verify [--expect=<head> ...]",
                "checks that rows and change log agree and that the log's hash chain is whole", false, expect_flag},
    command_row{"backup", command::backup, "backup <file> [--force]",
                "copies the database (SQLite) to a new file, also while the server runs", true, force_flag},
    command_row{"restore", command::restore, "restore <file> [--force]",
                "makes a backup the database (SQLite), with a new epoch", true, force_flag},
    command_row{"new-epoch", command::new_epoch, "new-epoch",
                "tells every client to read anew, after a restore by other means"},
    command_row{.name = "cluster",
                .what = command::cluster_status,
                .usage = "cluster status",
                .help = "lists the nodes that run on the database (PostgreSQL)",
                .verb = "status"},
};

// True: the word belongs to the command, and is noted.
bool take_word(const std::string& word, const command_row& row, invocation& into) {
  if (!word.starts_with("-")) {
    if (!row.takes_file || !into.file.empty())
      return false;  // named by who reads the settings
    into.file = word;
    return !word.empty();
  }
  if (row.flag.empty() || !word.starts_with(row.flag))
    return false;
  if (row.flag == expect_flag)
    into.expected.push_back(word.substr(expect_flag.size()));
  else if (word == force_flag)
    into.force = true;
  else
    return false;
  return true;
}

}  // namespace

invocation take_command(std::vector<std::string>& args) {
  invocation taken;
  if (args.empty() || args.front().starts_with("-"))
    return taken;
  const auto row = std::ranges::find(commands, args.front(), &command_row::name);
  if (row == commands.end())
    throw config_error{args.front() + ": no such command; chatmesh --help lists them"};
  args.erase(args.begin());
  if (!row->verb.empty()) {
    if (args.empty() || args.front() != row->verb)
      throw config_error{std::string{row->name} + ": no command by itself; chatmesh " + std::string{row->usage}};
    args.erase(args.begin());
  }
  taken.what = row->what;
  std::erase_if(args, [&](const std::string& word) { return take_word(word, *row, taken); });
  if (row->takes_file && taken.file.empty())
    throw config_error{std::string{row->name} + ": a file is missing; chatmesh " + std::string{row->usage}};
  return taken;
}

std::string command_help() {
  std::string text;
  for (const command_row& row : commands) {
    std::string line = "  chatmesh " + std::string{row.usage};
    line.resize(std::max<std::size_t>(line.size() + 1, 46), ' ');
    text.append(line).append(row.help).append("\n");
  }
  return text;
}

}  // namespace chatmesh::config
