// A line to PostgreSQL that can be cut at the worst moment.
#pragma once

#include <atomic>
#include <filesystem>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace chatmesh::persistence::test {

// Listens on a unix socket in `folder` as a server does, and passes everything on, in both directions. Once
// cut_commit() was called, the next answer to a COMMIT is swallowed and its line cut: the server has committed, its
// client can't know.
class postgresql_proxy {
public:
  postgresql_proxy(const std::filesystem::path& folder, const std::filesystem::path& server)
      : listener_(open(folder, true)), server_(server), thread_([this] { work(); }) {}
  ~postgresql_proxy() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (line& each : lines_)
      each.close();
    ::close(listener_);
  }
  postgresql_proxy(const postgresql_proxy&) = delete;
  postgresql_proxy& operator=(const postgresql_proxy&) = delete;

  void cut_commit() { armed_ = true; }
  bool has_cut() const { return !armed_; }

  // How often something was asked after an answer: round trips of all lines so far.
  int turns() const { return turns_; }

  // Bytes of all answers so far.
  std::size_t answered() const { return answered_; }

private:
  struct line {
    int client, server;
    bool answered = true;
    void close() const {
      ::close(client);
      ::close(server);
    }
  };

  static int open(const std::filesystem::path& folder, bool listening) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = (folder / ".s.PGSQL.5432").string();
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto* where = reinterpret_cast<const sockaddr*>(&address);
    const int failed = listening ? ::bind(fd, where, sizeof address) != 0 || ::listen(fd, 16) != 0
                                 : ::connect(fd, where, sizeof address);
    if (failed != 0)
      throw std::runtime_error("no socket at " + path);
    return fd;
  }

  void work() {
    while (!stopping_) {
      std::vector<pollfd> ready{{listener_, POLLIN, 0}};
      for (const line& each : lines_) {
        ready.push_back({each.client, POLLIN, 0});
        ready.push_back({each.server, POLLIN, 0});
      }
      ::poll(ready.data(), ready.size(), -1);
      if (stopping_)
        return;
      std::size_t at = 1;
      for (auto each = lines_.begin(); each != lines_.end(); at += 2) {
        const bool up = !ready[at].revents || pass(*each, false);
        const bool goes_on = up && (!ready[at + 1].revents || pass(*each, true));
        if (!goes_on)
          each->close();
        each = goes_on ? std::next(each) : lines_.erase(each);
      }
      if (ready[0].revents)
        lines_.push_back({::accept(listener_, nullptr, nullptr), open(server_, false), true});
    }
  }

  // False: the line ends.
  bool pass(line& on, bool answers) {
    char bytes[16 * 1024];
    const auto n = ::read(answers ? on.server : on.client, bytes, sizeof bytes);
    if (n <= 0)
      return false;
    turns_ += on.answered && !answers ? 1 : 0;
    on.answered = answers;
    answered_ += answers ? static_cast<std::size_t>(n) : 0;
    const std::string_view text{bytes, static_cast<std::size_t>(n)};
    if (answers && armed_ && text.find(std::string_view{"COMMIT\0", 7}) != std::string_view::npos) {
      armed_ = false;
      return false;
    }
    return ::send(answers ? on.client : on.server, bytes, text.size(), MSG_NOSIGNAL) == n;  // blocking: all of it
  }

  const int listener_;
  const std::filesystem::path server_;
  std::list<line> lines_;
  std::atomic<bool> stopping_{false}, armed_{false};
  std::atomic<int> turns_{0};
  std::atomic<std::size_t> answered_{0};
  std::thread thread_;
};

}  // namespace chatmesh::persistence::test
