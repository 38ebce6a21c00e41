// A customer's view of its company's stream (protocol §3, §4): its own messages and who types to it, without a number
// that tells of others.
#pragma once

#include "actors/stream.hpp"
#include "http/sealed_cursor.hpp"
#include "http/sse_stream.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace chatmesh::http {

// Stands between the connection actor, which knows positions, and the socket: lets through what the customer may see,
// written anew. Lives on the socket's thread.
class widget_stream final : public actors::stream, private actors::stream::listener {
public:
  // `farewell` makes the goodbye of a stream whose customer was deleted.
  widget_stream(std::shared_ptr<sse_stream> peer, const domain::id& company, const domain::id& customer, cursor_seal,
                std::function<domain::frame_ptr()> farewell);

  void start(actors::stream::listener&) override;
  void send(std::span<const domain::frame_ptr> frames) override;
  void send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr& joined) override;
  void caught_up(domain::cursor, std::uint64_t) override {}
  void close(bool flush) override;

private:
  void on_writable() override;
  void on_closed() override;

  // Nothing: not for this customer.
  domain::frame_ptr view(const domain::frame&);
  domain::frame_ptr view_hello(const domain::frame&);
  domain::frame_ptr view_reset(const domain::frame&);
  domain::frame_ptr view_event(const domain::frame&) const;
  bool ends_here(const domain::frame&) const;
  std::string sealed(const domain::json& cursor);

  std::shared_ptr<sse_stream> peer_;
  const domain::id customer_;
  const std::string of_customer_;    // as it stands in a message's or a typing's JSON
  const std::string customer_ends_;  // as it stands in the JSON of its deletion
  const cursor_seal seal_;
  const std::function<domain::frame_ptr()> farewell_;
  actors::stream::listener* on_ = nullptr;
  std::uint32_t epoch_ = 0;
  std::chrono::milliseconds heartbeat_{};
  std::chrono::steady_clock::time_point written_;  // when the customer last got something
  bool over_ = false;
};

}  // namespace chatmesh::http
