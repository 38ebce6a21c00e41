// Loaded into databases by LD_PRELOAD: every flush takes so much longer as CHATMESH_BENCH_FLUSH_DELAY_US says, as on a
// disk that really goes to its medium. The thread sleeps meanwhile, so it costs no CPU. The flush itself is still made.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr long max_delay_us = 1'000'000;

int slowly(long system_call, int file) {
  static const char* const said = std::getenv("CHATMESH_BENCH_FLUSH_DELAY_US");
  static const std::chrono::microseconds delay{said ? std::clamp(std::atol(said), 0L, max_delay_us) : 0};
  const auto result = static_cast<int>(::syscall(system_call, file));
  const int error = errno;
  std::this_thread::sleep_for(delay);
  errno = error;
  return result;
}

}  // namespace

extern "C" int fsync(int file) {
  return slowly(SYS_fsync, file);
}

extern "C" int fdatasync(int file) {
  return slowly(SYS_fdatasync, file);
}
