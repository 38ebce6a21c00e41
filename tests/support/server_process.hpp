// The real server as a child process with a database of its own.
#pragma once

#include "tests/support/endpoint.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_database.hpp"

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace chatmesh::test {

// How the child is made, where a test wants it in another way.
struct server_launch {
  std::vector<std::string> environment = {};  // NAME=value, beside or in place of the test's own
  std::string database_url = {};              // empty: the test's own (tests/support/test_database.hpp)
  std::vector<std::string> wrapper = {};      // a program and its arguments that becomes the command behind them
  bool start = true;                          // in the constructor; else start() does it first
  std::string address = "127.0.0.1";          // to listen on
  int network = -1;                           // of a network namespace (tests/cluster/network.hpp); -1: our own
};

// Starts in the constructor, on free ports of this machine, in a temporary folder that goes with it. The binary is
// named by the environment's CHATMESH_BIN, else by the build. For one thread at a time.
class server_process {
public:
  // `options` go to the server behind those that every test wants (free ports, no rate limits, cheap password hashes).
  explicit server_process(std::vector<std::string> options = {}, server_launch how = {});
  // Kills it if it still runs; a test that wants to see an orderly end calls terminate().
  ~server_process();

  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  std::uint16_t port() const { return port_; }
  endpoint where() const { return {how_.address, port_}; }

  void signal(int number);                   // and goes on
  int fail_to_start();                       // starts it and waits until it ends by itself; as wait()
  int wait();                                // waits for the end; the exit status, or 128 + the signal that ended it
  int terminate();                           // SIGTERM, then wait()
  void kill();                               // SIGKILL: the power fails
  void start();                              // again, after an end: the same port and database
  bool running() const { return pid_ > 0; }  // or its end was not seen yet
  // Whether it ends by itself in that time; wait() or kill() is still to follow.
  bool ends_within(std::chrono::milliseconds) const;

  // The same program with a command instead, on the server's database; whether that runs or not.
  struct command_end {
    int status = -1;
    std::string output;  // of stdout and stderr
  };
  command_end run(std::vector<std::string> words) const;

  pid_t pid() const { return pid_; }
  std::size_t open_descriptors() const;
  // A sample of the operations listener's /metrics by its name and labels as they are written there.
  double metric(const std::string& sample) const;
  endpoint ops() const { return {how_.address, ops_port_}; }

  std::filesystem::path folder() const { return folder_.path(); }
  const std::string& database_url() const { return how_.database_url.empty() ? database_.url() : how_.database_url; }
  std::string log() const;  // what it printed

private:
  std::vector<std::string> command() const;
  std::string database_option() const;
  void launch();
  void read_output(int pipe);
  std::uint16_t wait_for_port(const std::string& line_begin);

  std::vector<std::string> options_;
  const server_launch how_;
  temporary_folder folder_;
  test_database database_{folder()};
  std::uint16_t port_ = 0;
  std::uint16_t ops_port_ = 0;
  pid_t pid_ = -1;

  mutable std::mutex mutex_;
  mutable std::condition_variable printed_;
  std::string log_;            // guarded by mutex_
  std::size_t log_begin_ = 0;  // guarded by mutex_: of the present run
  bool output_ended_ = false;  // guarded by mutex_
  std::thread output_;
};

}  // namespace chatmesh::test
