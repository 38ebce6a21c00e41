// A function of CAF that this executable has in place of the library's, as in caf_network.cpp: what CAF's broker of the
// links does about who connects. CAF 0.17.6 bounds neither how long nor how many may be connected here without a word,
// and ends an attempt to connect to another node at its next heartbeat.
#include "actors/cluster/peers.hpp"
#include "app/caf_network.hpp"

#include <caf/io/basp_broker.hpp>
#include <caf/io/system_messages.hpp>
#include <caf/make_type_erased_tuple_view.hpp>
#include <caf/message_handler.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include <dlfcn.h>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::actor_clock::time_point)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::actor_clock::duration_type)

namespace {

using caf::io::connection_handle;

// Connections to this node that have not told yet which node they come from. Of CAF's network thread alone.
class newcomers {
public:
  explicit newcomers(caf::io::basp_broker& broker) : broker_(broker) {}

  static constexpr std::size_t max = chatmesh::actors::peers::max_nodes;  // all may come at once

  // CAF would greet at once; but while bytes wait for a TLS handshake, it asks without a pause whether they can go.
  void arrive(const caf::io::new_connection_msg& m) {
    if (waiting_.size() >= max)
      end_oldest();  // a node takes moments to tell its name, who is silent only takes up room
    waiting_.push_back({m.handle, broker_.local_port(m.source), broker_.clock().now()});
    broker_.configure_read(m.handle, caf::io::receive_policy::exactly(caf::io::basp::header_size));
  }

  // To be called before CAF takes bytes of the connection: its answer goes behind the greeting.
  void greet(connection_handle one) {
    const auto it = find(one);
    if (it == waiting_.end() || it->greeted)
      return;
    it->greeted = true;
    broker_.instance.write_server_handshake(broker_.context(), broker_.get_buffer(one), it->port);
    broker_.flush(one);
  }

  // To be called when CAF has taken them.
  void forget_introduced(connection_handle one) {
    if (!waiting_.empty() && broker_.instance.tbl().lookup_direct(one))
      forget(one);
  }

  void forget(connection_handle one) {
    if (const auto it = find(one); it != waiting_.end())
      waiting_.erase(it);
  }

  void end_late() {
    const auto latest = broker_.clock().now() - chatmesh::app::dial_patience;
    while (!waiting_.empty() && waiting_.front().since < latest)
      end_oldest();
  }

private:
  struct newcomer {
    connection_handle at;
    std::uint16_t port;
    caf::actor_clock::time_point since;
    bool greeted = false;
  };

  std::deque<newcomer>::iterator find(connection_handle one) { return std::ranges::find(waiting_, one, &newcomer::at); }

  void end_oldest() {
    const auto one = waiting_.front().at;
    waiting_.pop_front();
    note_end();
    broker_.connection_cleanup(one, caf::sec::connection_timeout);
    broker_.close(one);
  }

  // A scanner may come as often as it likes: the log is told once in a while, the metric of each.
  void note_end() {
    const auto ended = ++chatmesh::app::silent_ended;
    const auto now = broker_.clock().now();
    if (now < quiet_until_)
      return;
    quiet_until_ = now + std::chrono::minutes{1};
    spdlog::warn("who connected to cluster.listen did not say which node it is, and was cut off ({} since the start)",
                 ended);
  }

  caf::io::basp_broker& broker_;
  std::deque<newcomer> waiting_;  // the oldest first
  caf::actor_clock::time_point quiet_until_{};
};

struct broker_state {
  broker_state(caf::io::basp_broker& broker, caf::behavior next) : arrivals(broker), as_caf_does(std::move(next)) {}

  newcomers arrivals;
  caf::behavior as_caf_does;

  // The same message to CAF's own handlers, without a copy.
  template <class... Parts>
  void pass_on(Parts&... parts) {
    auto view = caf::make_type_erased_tuple_view(parts...);
    as_caf_does(view);
  }
};

}  // namespace

namespace caf::io {

behavior basp_broker::make_behavior() {
  static const auto next = reinterpret_cast<behavior (*)(basp_broker*)>(
      dlsym(RTLD_NEXT, "_ZN3caf2io11basp_broker13make_behaviorEv"));  // its name for the linker
  const auto state = std::make_shared<broker_state>(*this, next(this));
  return message_handler{
      [state](const new_connection_msg& m) { state->arrivals.arrive(m); },
      [state](new_data_msg& m) {
        state->arrivals.greet(m.handle);
        state->pass_on(m);
        state->arrivals.forget_introduced(m.handle);
      },
      [state](connection_closed_msg& m) {
        state->arrivals.forget(m.handle);
        state->pass_on(m);
      },
      // CAF takes a connection that this node has just made for one that never said anything.
      [this, state](connect_atom, scribe_ptr& made, std::uint16_t port) {
        const auto handle = made->hdl();
        atom_value connect = connect_atom_v;
        state->pass_on(connect, made, port);
        if (const auto it = ctx.find(handle); it != ctx.end())
          it->second.last_seen = clock().now();
      },
      [state](tick_atom, actor_clock::time_point& scheduled, timespan& interval, timespan& timeout) {
        state->arrivals.end_late();
        atom_value tick = tick_atom_v;
        state->pass_on(tick, scheduled, interval, timeout);
      },
  }
      .or_else(state->as_caf_does);
}

}  // namespace caf::io
