// What /proc tells about the server that is measured, and about the kernel beneath it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace chatmesh::bench {

struct cpu_time {
  double user_s = 0;
  double system_s = 0;
  double total() const { return user_s + system_s; }
};
cpu_time operator-(const cpu_time&, const cpu_time&);

/// User and system time of all these processes together; one that is gone counts nothing.
cpu_time cpu_of(const std::vector<pid_t>&);

/// CPU time of all threads with this name of these processes, in seconds.
double cpu_of_threads(const std::vector<pid_t>&, std::string_view name);

/// Of this process itself.
cpu_time own_cpu();

/// Proportional set size of all these processes, in bytes: private pages whole, shared ones in equal parts.
std::uint64_t resident_bytes(const std::vector<pid_t>&);

/// The kernel's slabs that can't be reclaimed, and TCP's buffers, of the whole machine: on loopback both ends of every
/// connection. Only differences mean anything.
std::uint64_t kernel_bytes();

}  // namespace chatmesh::bench
