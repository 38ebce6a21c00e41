#include "tests/cluster/network.hpp"

#include "tests/support/child_process.hpp"
#include "tests/support/small_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

constexpr const char* bridge = "mesh";

using words = std::vector<std::string>;

std::string path_of(int descriptor) {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor);
}

int own_namespace() {
  const int descriptor = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    throw not_possible(std::string{"no network namespace: "} + std::strerror(errno));
  return descriptor;
}

// A new one, which lives as long as its descriptor.
int make_namespace() {
  int made = -1, error = 0;
  std::thread{[&] {
    made = ::unshare(CLONE_NEWNET) == 0 ? ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC) : -1;
    error = errno;
  }}.join();
  if (made < 0)
    throw not_possible(std::string{"no network namespace: "} + std::strerror(error));
  return made;
}

void require(int status, const words& command) {
  if (status == 0)
    return;
  std::string text;
  for (const auto& each : command)
    text += " " + each;
  throw not_possible("failed with " + std::to_string(status) + ":" + text);
}

void run(const words& command) {
  require(child_process::status_of(command), command);
}

std::string cable(std::size_t host) {
  return "host" + std::to_string(host);
}

}  // namespace

network::network(std::size_t hosts) : drops_(hosts + 1) {
  if (::unshare(CLONE_NEWNET) != 0)
    throw not_possible(std::string{"no network namespace: "} + std::strerror(errno));
  namespaces_.push_back(own_namespace());
  run({"ip", "link", "set", "lo", "up"});
  run({"ip", "link", "add", bridge, "type", "bridge"});
  run({"ip", "addr", "add", address(0) + "/24", "dev", bridge});
  run({"ip", "link", "set", bridge, "up"});
  for (std::size_t host = 1; host <= hosts; ++host) {
    namespaces_.push_back(make_namespace());
    run({"ip", "link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns",
         path_of(namespaces_[host])});
    run({"ip", "link", "set", cable(host), "master", bridge, "up"});
    for (const words& each :
         {words{"ip", "link", "set", "lo", "up"}, words{"ip", "addr", "add", address(host) + "/24", "dev", "eth0"},
          words{"ip", "link", "set", "eth0", "up"},
          words{"nft", "add table inet faults; add chain inet faults arriving "
                       "{ type filter hook input priority 0; policy accept; }"}})
      require(status_of(host, each), each);
  }
  const words own{"nft", "add table inet faults; add chain inet faults arriving "
                         "{ type filter hook input priority 0; policy accept; }"};
  require(status_of(0, own), own);
}

network::~network() {
  for (const int each : namespaces_)
    ::close(each);
}

std::string network::address(std::size_t host) const {
  return "192.0.2." + std::to_string(host + 1);
}

std::string network::every_address() const {
  return "192.0.2.0/24";
}

int network::descriptor(std::size_t host) const {
  return namespaces_.at(host);
}

int network::status_of(std::size_t host, words command) const {
  command.insert(command.begin(), {"nsenter", "--net=" + path_of(namespaces_.at(host))});
  return child_process::status_of(std::move(command));
}

int network::socket_at(std::size_t host) const {
  int made = -1, error = 0;
  std::thread{[&] {
    const bool there = ::setns(namespaces_.at(host), CLONE_NEWNET) == 0;
    made = there ? ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    error = errno;
  }}.join();
  if (made < 0)
    throw not_possible(std::string{"no socket of host "} + std::to_string(host) + ": " + std::strerror(error));
  return made;
}

bool network::harmed() const {
  const auto counts = [this](std::size_t host, const char* command) {
    return status_of(host, {"/bin/sh", "-c", command}) == 0;
  };
  for (std::size_t host = 0; host < drops_.size(); ++host)
    if (!drops_[host].empty() && counts(host, "nft list chain inet faults arriving | grep -q 'packets [1-9]'"))
      return true;
  return std::ranges::any_of(throttled_, [&](std::size_t host) {
    return counts(host, "tc -s qdisc show dev eth0 root | grep -q 'overlimits [1-9]'");
  });
}

void network::load_rules(std::size_t host) {
  const words command{"nft", "flush chain inet faults arriving; " + drops_[host]};
  require(status_of(host, command), command);
}

void network::cut_one_way(std::size_t from, std::size_t to) {
  drops_.at(to) += "add rule inet faults arriving ip saddr " + address(from) + " counter drop; ";
  load_rules(to);
}

void network::cut(std::size_t a, std::size_t b) {
  cut_one_way(a, b);
  cut_one_way(b, a);
}

void network::lose(std::size_t host, int percent) {
  const auto some = " numgen random mod 100 < " + std::to_string(percent) + " counter drop; ";
  for (std::size_t other = 0; other < namespaces_.size(); ++other) {
    if (other == host)
      continue;
    drops_[other] += "add rule inet faults arriving ip saddr " + address(host) + some;
    drops_[host] += "add rule inet faults arriving ip saddr " + address(other) + some;
    load_rules(other);
  }
  load_rules(host);
}

void network::throttle(std::size_t host, const std::string& rate) {
  const words limit{"root", "tbf", "rate", rate, "burst", "16kb", "latency", "400ms"};
  words there{"tc", "qdisc", "replace", "dev", "eth0"}, here{"tc", "qdisc", "replace", "dev", cable(host)};
  there.insert(there.end(), limit.begin(), limit.end());
  here.insert(here.end(), limit.begin(), limit.end());
  require(status_of(host, there), there);
  require(status_of(0, here), here);
  throttled_.push_back(host);
}

void network::unplug(std::size_t host) {
  run({"ip", "link", "set", cable(host), "down"});
  unplugged_.push_back(host);
}

void network::heal() {
  for (std::size_t host = 0; host < drops_.size(); ++host) {
    if (drops_[host].empty())
      continue;
    drops_[host].clear();
    load_rules(host);
  }
  for (const auto host : throttled_) {
    status_of(host, {"tc", "qdisc", "del", "dev", "eth0", "root"});
    status_of(0, {"tc", "qdisc", "del", "dev", cable(host), "root"});
  }
  for (const auto host : unplugged_)
    run({"ip", "link", "set", cable(host), "up"});
  throttled_.clear();
  unplugged_.clear();
}

}  // namespace chatmesh::test
