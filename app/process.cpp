#include "app/process.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdlib>

#include <pthread.h>
#include <sys/resource.h>

namespace chatmesh::app {

namespace {

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void block_signals() {
  const auto set = end_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

int wait_for_signal() {
  const auto set = end_signals();
  int signal = 0;
  while (sigwait(&set, &signal) != 0) {
  }
  return signal;
}

void raise_descriptor_limit(std::size_t wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0)
    return;
  files.rlim_cur = files.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < wanted)
    spdlog::warn("the limit of open files ({}) is too low for http.max-connections ({})", files.rlim_cur, wanted);
}

watchdog::watchdog(std::chrono::seconds limit)
    : thread_([this, limit] {
        ::pthread_setname_np(::pthread_self(), "watchdog");
        std::unique_lock lock{mutex_};
        if (over_.wait_for(lock, limit, [this] { return done_; }))
          return;
        spdlog::critical("the orderly end took more than {} s, since it waits for {}; ending as it is", limit.count(),
                         waiting_ ? waiting_() : "its begin");
        std::_Exit(not_ended_in_order);
      }) {}

watchdog::~watchdog() {
  {
    const std::lock_guard lock{mutex_};
    done_ = true;
  }
  over_.notify_one();
  thread_.join();
}

void watchdog::waits_for(std::function<std::string()> what) {
  const std::lock_guard lock{mutex_};
  waiting_ = std::move(what);
}

}  // namespace chatmesh::app
