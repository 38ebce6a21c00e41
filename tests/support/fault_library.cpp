// Loaded into the server by LD_PRELOAD: stands between SQLite (or libpq) and the kernel, counts what they ask for, and
// makes it fail, wait, or be the last thing that the process did, as the test says in the fault page. Without a page it
// only passes on.
#include "tests/support/fault_page.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <random>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using namespace chatmesh::test;

fault_page* map_page() {
  const char* name = std::getenv(fault_page_variable);
  const int file = name ? ::open(name, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0)
    return nullptr;
  void* const memory = ::mmap(nullptr, sizeof(fault_page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  return memory == MAP_FAILED ? nullptr : static_cast<fault_page*>(memory);
}

fault_page* page() {
  static fault_page* const mapped = map_page();
  return mapped;
}

// ---- what a power failure takes: everything that was written since the file's last flush

struct unflushed_write {
  int file;  // a descriptor of the library's own
  ino_t inode;
  off64_t at;
  off64_t old_size;
  std::vector<char> before, now;
};

std::recursive_mutex writing;  // guards what follows; a write or flush is noted and done under it, and so is the end
std::vector<unflushed_write> unflushed;

bool power_may_fail() {
  return page() && page()->power;
}

void note_write(int fd, const void* data, std::size_t size, off64_t at) {
  struct stat64 status {};
  ::fstat64(fd, &status);
  const auto* const bytes = static_cast<const char*>(data);
  unflushed_write note{::dup(fd), status.st_ino, at, status.st_size, std::vector<char>(size), {bytes, bytes + size}};
  const long there = ::syscall(SYS_pread64, fd, note.before.data(), size, at);
  note.before.resize(there > 0 ? static_cast<std::size_t>(there) : 0);
  unflushed.push_back(std::move(note));
}

void note_flush(int fd) {
  struct stat64 status {};
  ::fstat64(fd, &status);
  std::erase_if(unflushed, [&](const unflushed_write& w) {
    const bool safe = w.inode == status.st_ino;
    if (safe)
      ::close(w.file);
    return safe;
  });
}

// First all are undone, newest first; then those that the disk happened to have kept are done again.
void lose_unflushed() {
  for (auto w = unflushed.rbegin(); w != unflushed.rend(); ++w) {
    ::syscall(SYS_pwrite64, w->file, w->before.data(), w->before.size(), w->at);
    ::syscall(SYS_ftruncate, w->file, w->old_size);
  }
  std::mt19937_64 coin{page()->seed};
  for (const unflushed_write& w : unflushed) {
    if (coin() % 2 == 0)
      ::syscall(SYS_pwrite64, w.file, w.now.data(), w.now.size(), w.at);
    else
      ++page()->lost_pieces;
  }
}

// ---- one operation

[[noreturn]] void die(operation in) {
  page()->died_in = 1 + static_cast<std::uint32_t>(in);
  // Not let go again: else another thread's flush could still be told as done after what it flushed was taken back.
  std::unique_lock<std::recursive_mutex> lock{writing, std::defer_lock};
  if (page()->power) {
    lock.lock();
    lose_unflushed();
  }
  ::kill(::getpid(), SIGKILL);
  for (;;)
    ::pause();
}

std::optional<operation> file_operation(int fd, operation of_log, operation of_file) {
  if (!page())
    return {};
  char link[32] = "/proc/self/fd/", name[512];
  std::size_t end = std::strlen(link);
  for (int unit = 1'000'000'000; unit > 0; unit /= 10)  // no allocation here, whatever the caller holds
    if (fd >= unit || unit == 1)
      link[end++] = static_cast<char>('0' + fd / unit % 10);
  const ssize_t length = ::readlink(link, name, sizeof name);
  const std::string_view path{name, length > 0 ? static_cast<std::size_t>(length) : 0};
  if (path.ends_with("-wal"))
    return of_log;
  if (path.ends_with(".db"))
    return of_file;
  return {};
}

bool is_request(int fd) {
  sockaddr_un peer{};
  socklen_t size = sizeof peer;
  return page() && ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.sun_family == AF_UNIX &&
         std::strstr(peer.sun_path, ".s.PGSQL.") != nullptr;
}

// Counts the operation, waits where it is held; whether the fuse burned down in it.
bool is_last(operation what) {
  fault_switch& s = page()->at(what);
  ++s.seen;
  ++s.waiting;
  while (s.held)
    ::usleep(500);
  --s.waiting;
  return s.fuse > 0 && s.fuse.fetch_sub(1) == 1;
}

bool fails(operation what) {
  fault_switch& s = page()->at(what);
  const int error = s.error;
  if (error == 0)
    return false;
  ++s.failed;
  errno = error;
  return true;
}

// `act(part)` does the real thing, by half where `part` says so.
template <class Act>
auto perform(std::optional<operation> what, Act act) -> decltype(act(false)) {
  if (!what)
    return act(false);
  const bool last = is_last(*what);
  const moment when = page()->when;
  if (last && when == moment::before)
    die(*what);
  if (fails(*what))
    return -1;
  const auto result = act(last && when == moment::torn);
  if (last)
    die(*what);
  return result;
}

}  // namespace

// The kernel's calls by their own names, as SQLite and libpq import them.
extern "C" {

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  const auto what = file_operation(fd, operation::log_write, operation::file_write);
  std::unique_lock lock{writing, std::defer_lock};
  if (what && power_may_fail())
    lock.lock();
  return perform(what, [&](bool half) {
    const size_t part = half ? size / 2 : size;
    if (lock.owns_lock())
      note_write(fd, data, part, at);
    return ::syscall(SYS_pwrite64, fd, data, part, at);
  });
}

ssize_t pread64(int fd, void* data, size_t size, off64_t at) {
  const auto what = file_operation(fd, operation::log_read, operation::file_read);
  return perform(what, [&](bool) { return ::syscall(SYS_pread64, fd, data, size, at); });
}

int fdatasync(int fd) {
  const auto what = file_operation(fd, operation::log_sync, operation::file_sync);
  std::unique_lock lock{writing, std::defer_lock};
  if (what && power_may_fail())
    lock.lock();
  return perform(what, [&](bool) {
    const int result = static_cast<int>(::syscall(SYS_fdatasync, fd));
    if (lock.owns_lock() && result == 0)
      note_flush(fd);
    return result;
  });
}

int fsync(int fd) {
  return fdatasync(fd);
}

int ftruncate64(int fd, off64_t size) {
  const auto what = file_operation(fd, operation::log_write, operation::file_write);
  return perform(what, [&](bool) { return static_cast<int>(::syscall(SYS_ftruncate, fd, size)); });
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  const auto what = is_request(fd) ? std::optional{operation::request} : std::nullopt;
  return perform(what,
                 [&](bool half) { return ::syscall(SYS_sendto, fd, data, half ? size / 2 : size, flags, nullptr, 0); });
}

}  // extern "C"
