// A hub with nothing to it: POST /pub/<channel> sends its body, as one event, to all who GET /sub/<channel>. One
// thread, no store, no resume, no heartbeat. What it costs is what any server has to pay for its sockets.
#pragma once

#include "bench/common/sockets.hpp"
#include "bench/raw/fan_out.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chatmesh::bench {

struct hub_options {
  endpoint listen;
  std::uint64_t linger_us = 0;  // gathers the events of a channel for so long into one send
};

class hub {
public:
  hub(const hub_options&, std::unique_ptr<fan_out>);
  hub(const hub&) = delete;
  hub& operator=(const hub&) = delete;
  ~hub();

  /// Serves until the process is ended.
  [[noreturn]] void run();

private:
  struct connection {
    int fd = -1;
    std::uint32_t channel = 0;
    std::uint32_t slot = 0;  // in the channel's receivers
    bool subscribed = false;
    bool behind = false;  // has unsent bytes and is not among the receivers
    std::string in;       // of a request that is not complete
    std::string backlog;
  };
  struct channel {
    std::vector<receiver> receivers;
    std::vector<std::uint32_t> behind;
    std::uint64_t seq = 0;
    std::string pending;
    std::uint64_t due_ns = 0;  // of what is pending; 0 = nothing is
  };

  void accept_all();
  void handle(std::uint32_t id, std::uint32_t events);
  bool read(std::uint32_t id);
  std::size_t serve(std::uint32_t id, std::string_view text);
  void subscribe(std::uint32_t id, std::string_view name);
  void publish(std::string_view name, std::string_view body);
  void flush(channel&);
  void flush_due();
  void answer(std::uint32_t id, std::string_view bytes);
  void fall_behind(std::uint32_t id, int result, std::string_view bytes);
  static void keep(connection&, std::string_view bytes);
  void drain(std::uint32_t id);
  void join(std::uint32_t id);
  void leave(std::uint32_t id);
  void close(std::uint32_t id);
  std::uint32_t channel_of(std::string_view name);

  hub_options options_;
  std::unique_ptr<fan_out> fan_out_;
  unique_fd listener_;
  unique_fd epoll_;
  std::vector<connection> connections_;
  std::vector<std::uint32_t> free_;
  std::vector<channel> channels_;
  std::unordered_map<std::string, std::uint32_t> names_;
  std::vector<std::uint32_t> due_;  // channels with something pending, the oldest first
  std::vector<unsent> unsent_;
  std::string frame_;
};

}  // namespace chatmesh::bench
