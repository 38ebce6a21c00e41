// The command line and chatmesh.conf, read into typed settings. Also what the actor system is made with.
#pragma once

#include "config/command_line.hpp"
#include "config/config_error.hpp"
#include "config/settings.hpp"

#include <caf/actor_system_config.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::config {

// One thread; outlives the actor system that is made with it.
class configuration : public caf::actor_system_config {
public:
  configuration();

  // Arguments as main() gets them, without the program's name. Options win over the file; the file is the one that
  // --config-file names, else ./chatmesh.conf where it exists. Throws config_error.
  command load(std::vector<std::string> args);

  const config::settings& values() const { return values_; }
  const invocation& asked() const { return asked_; }

private:
  void read_options(std::vector<std::string> args);
  void read_default_file();
  void set_up_scheduler();

  config::settings values_;
  invocation asked_;
};

// Applies a file in CAF's INI-like form ("[group]", "name = value", ";" begins a comment); `source` names it in errors.
// Throws config_error.
void read_file(std::istream& in, std::string_view source, settings& into);

// Checks what concerns several settings and fills the ones that follow from others. Throws config_error.
void complete(settings&);

// What --help prints: every option with its default.
std::string help_text();

}  // namespace chatmesh::config
