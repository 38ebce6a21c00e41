// A network of the tests' own: hosts in network namespaces on one bridge, with cables that can be cut, slowed down and
// made lossy. Nothing of it is seen outside, and all of it goes with the process.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace chatmesh::test {

// The process itself moves into a namespace of its own, as host 0, which the clients share. So it is made before the
// process has threads, once, and needs root. Packets are dropped where they arrive, so that senders learn nothing of
// it, as with a real cable. For one thread at a time.
class network {
public:
  // Hosts 1 … `hosts`. Throws not_possible.
  explicit network(std::size_t hosts);
  ~network();

  network(const network&) = delete;
  network& operator=(const network&) = delete;

  std::string address(std::size_t host) const;
  std::string every_address() const;       // in CIDR notation
  int descriptor(std::size_t host) const;  // of its namespace, to start a process there
  int status_of(std::size_t host, std::vector<std::string> command) const;  // of a program that is run there

  // A TCP socket in that host's network, which does not block. For any thread.
  int socket_at(std::size_t host) const;

  void cut_one_way(std::size_t from, std::size_t to);        // what `from` sends does not reach `to`
  void cut(std::size_t a, std::size_t b);                    // both ways
  void lose(std::size_t host, int percent);                  // of the packets that it sends and that are sent to it
  void throttle(std::size_t host, const std::string& rate);  // both ways; as tc wants it: "512kbit"
  void unplug(std::size_t host);                             // its link is down
  void heal();                                               // all of this

  // Whether what was cut, made lossy or slow has met a packet.
  bool harmed() const;

private:
  void load_rules(std::size_t host);

  std::vector<int> namespaces_;     // by host
  std::vector<std::string> drops_;  // by host: rules for what comes in
  std::vector<std::size_t> unplugged_, throttled_;
};

}  // namespace chatmesh::test
