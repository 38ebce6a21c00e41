// The words of a command line that are no settings: what is to be done, and on what.
#pragma once

#include <string>
#include <vector>

namespace chatmesh::config {

enum class command { serve, show_help, show_version, verify, backup, restore, new_epoch, cluster_status };

struct invocation {
  command what = command::serve;
  std::string file;                   // backup, restore
  bool force = false;                 // backup, restore: what is there may be replaced
  std::vector<std::string> expected;  // verify: heads that have to be found
};

// Takes the command and what belongs to it out of the arguments; the settings stay. Throws config_error.
invocation take_command(std::vector<std::string>& args);

// The usage lines of every command.
std::string command_help();

}  // namespace chatmesh::config
