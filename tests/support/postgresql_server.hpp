// A PostgreSQL server of the tests' own.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace chatmesh::test {

// On a unix socket in a private temporary folder, without TCP where no option says otherwise, and gone with its owner.
// The server refuses to run as root, so root starts it as another user. Its default collation is not bytewise, and it
// does not flush: what a test does to its process loses nothing, only a machine that fails would. For one thread, with
// whose end the server's comes.
class postgresql_server {
public:
  // Makes an empty cluster in a folder of its own under `parent` and starts it. `options` are more of the server's
  // settings, "name=value"; `network` a network namespace for it (tests/cluster/network.hpp; -1: our own). Throws
  // std::runtime_error.
  explicit postgresql_server(std::vector<std::string> options = {},
                             const std::filesystem::path& parent = std::filesystem::temp_directory_path(),
                             int network = -1);
  // Makes a standby of that one, which streams from it as "standby", and starts it.
  postgresql_server(postgresql_server& primary, std::vector<std::string> options, int network = -1);
  ~postgresql_server();

  postgresql_server(const postgresql_server&) = delete;
  postgresql_server& operator=(const postgresql_server&) = delete;

  void start();  // after an end; returns when it takes connections
  // SIGQUIT: at once, as in a crash; SIGINT: in order; SIGKILL: its first process is killed, and the others see it.
  // Waits for the end of all.
  void stop(int signal = SIGQUIT);
  bool running() const { return pid_ > 0; }
  void signal(int number) const;                  // to all of its processes
  std::vector<pid_t> processes() const;           // the first one and those that it has started
  void give(const std::filesystem::path&) const;  // to the user as whom it runs

  // Runs one of PostgreSQL's programs as the server's user. Throws std::runtime_error where it fails.
  void run(const std::string& program, const std::vector<std::string>& arguments);

  std::filesystem::path socket_folder() const { return folder_; }
  std::filesystem::path data_folder() const { return folder_ / "data"; }
  std::string log() const;

  // Makes an empty database; its URL for chatmesh.
  std::string create_database(const std::string& name);

private:
  std::filesystem::path folder_;
  std::vector<std::string> options_;
  int network_;
  pid_t pid_ = -1;
};

// The URL of a database of the server on that socket.
std::string postgresql_url(const std::filesystem::path& socket_folder, const std::string& database);

// Runs one statement; the first column of its first row, or nothing. Throws std::runtime_error.
std::string postgresql_execute(const std::string& url, const std::string& sql);

}  // namespace chatmesh::test
