// The server that all tests of one run share:
//   chatmesh_test_postgresql start FILE   returns when it runs; FILE says where
//   chatmesh_test_postgresql stop FILE
#include "tests/support/postgresql_server.hpp"
#include "tests/support/wait.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace {

using namespace chatmesh::test;

constexpr std::chrono::hours max_life{3};  // of a server that nobody stops

// FILE: the socket's folder and the keeper's process.
struct keeper {
  std::filesystem::path socket_folder;
  pid_t pid = 0;
};

keeper read(const std::filesystem::path& file) {
  keeper found;
  std::ifstream{file} >> found.socket_folder >> found.pid;
  return found;
}

// A number that was another process's meanwhile is left alone.
bool is_keeper(pid_t pid) {
  std::error_code error;
  const auto its = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", error);
  return pid > 0 && !error && its.filename().string().starts_with("chatmesh_test_postgresql");
}

// Holds the server until it is told to end.
void keep(const std::filesystem::path& file) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  {
    const postgresql_server server;
    const auto unfinished = file.string() + ".new";
    std::ofstream{unfinished} << server.socket_folder().string() << " " << ::getpid() << "\n";
    std::filesystem::rename(unfinished, file);
    const timespec life{std::chrono::seconds{max_life}.count(), 0};
    sigtimedwait(&ends, nullptr, &life);
  }
  std::filesystem::remove(file);
}

void stop(const std::filesystem::path& file) {
  const auto found = read(file);
  if (is_keeper(found.pid)) {
    ::kill(found.pid, SIGTERM);
    eventually("the server's end", [&] { return !is_keeper(found.pid); });
  }
  std::filesystem::remove(file);
}

void start(const std::filesystem::path& file) {
  stop(file);  // one that an interrupted run has left
  const auto log = file.string() + ".log";
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    try {
      keep(file);
      ::_exit(0);
    } catch (const std::exception& e) {
      std::cerr << e.what() << std::endl;
      ::_exit(1);
    }
  }
  eventually("PostgreSQL; see " + log, [&] { return read(file).pid == pid; });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 3 ? argv[1] : "";
  try {
    if (what == "start")
      start(argv[2]);
    else if (what == "stop")
      stop(argv[2]);
    else
      throw std::runtime_error("usage: chatmesh_test_postgresql start|stop FILE");
    return 0;
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 1;
  }
}
