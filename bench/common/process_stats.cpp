#include "bench/common/process_stats.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

// The number after `name` in a file of "Name:  123 kB" lines, in bytes.
std::uint64_t kib_field(const std::string& path, const std::string& name) {
  std::ifstream in{path};
  std::string word;
  while (in >> word) {
    std::uint64_t kib = 0;
    if (word == name && in >> kib)
      return kib * 1024;
  }
  return 0;
}

// Pages that TCP's buffers hold: "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 2".
std::uint64_t tcp_buffer_bytes() {
  std::ifstream in{"/proc/net/sockstat"};
  for (std::string line; std::getline(in, line);) {
    const auto at = line.find(" mem ");
    if (line.starts_with("TCP:") && at != std::string::npos)
      return std::stoull(line.substr(at + 5)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  return 0;
}

// By the scheduler's ticks.
cpu_time ticks_of(pid_t pid) {
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(in, line);
  // The second field is a name that may hold blanks and brackets; the third follows the last bracket.
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos)
    return {};
  std::istringstream fields{line.substr(name_end + 1)};
  std::string skipped;
  for (int field = 3; field < 14; ++field)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return {user / ticks, system / ticks};
}

}  // namespace

cpu_time operator-(const cpu_time& a, const cpu_time& b) {
  return {a.user_s - b.user_s, a.system_s - b.system_s};
}

// The clock of the process counts nanoseconds, /proc/PID/stat ticks of 10 ms: enough to tell the user's part from the
// system's, but a thousand connects are over in two of them.
cpu_time cpu_of(const std::vector<pid_t>& pids) {
  cpu_time sum;
  for (const auto pid : pids) {
    clockid_t clock{};
    timespec exact{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &exact) != 0)
      continue;
    const auto total = static_cast<double>(exact.tv_sec) + static_cast<double>(exact.tv_nsec) / 1e9;
    const auto ticks = ticks_of(pid);
    const auto user = ticks.total() > 0 ? total * ticks.user_s / ticks.total() : 0;
    sum.user_s += user;
    sum.system_s += total - user;
  }
  return sum;
}

// By the scheduler's account: "run time in ns, waiting time in ns, slices".
double cpu_of_threads(const std::vector<pid_t>& pids, std::string_view name) {
  double sum = 0;
  for (const auto pid : pids) {
    std::error_code gone;
    std::filesystem::directory_iterator thread{"/proc/" + std::to_string(pid) + "/task", gone};
    for (; thread != std::filesystem::directory_iterator{}; thread.increment(gone)) {
      std::string own_name;
      std::getline(std::ifstream{thread->path() / "comm"}, own_name);
      double run_ns = 0;
      if (own_name == name && std::ifstream{thread->path() / "schedstat"} >> run_ns)
        sum += run_ns / 1e9;
    }
  }
  return sum;
}

cpu_time own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {seconds(usage.ru_utime), seconds(usage.ru_stime)};
}

std::uint64_t resident_bytes(const std::vector<pid_t>& pids) {
  std::uint64_t sum = 0;
  for (const auto pid : pids)
    sum += kib_field("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss:");
  return sum;
}

std::uint64_t kernel_bytes() {
  return kib_field("/proc/meminfo", "SUnreclaim:") + tcp_buffer_bytes();
}

}  // namespace chatmesh::bench
