// The server under load, as the requests that it understands.
#pragma once

#include "bench/common/sockets.hpp"
#include "bench/load/channel.hpp"
#include "bench/load/mark.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::bench {

class target {
public:
  virtual ~target() = default;

  /// Makes the companies before anything is measured; blocks. Throws std::runtime_error where the server refuses.
  virtual void prepare(std::vector<channel>&) = 0;

  /// The request that opens a stream of channel `index`, from `cursor` on where that is not empty.
  virtual std::string subscribe(std::uint32_t index, std::string_view cursor) const = 0;

  /// Appends the request that writes `m` into its channel.
  virtual void write(std::string& out, const mark& m) const = 0;

  /// A stream begins with a `hello` frame, and can be resumed from a cursor.
  virtual bool resumes() const = 0;

  endpoint streams;
  endpoint writes;

protected:
  target() = default;
  target(const target&) = default;
  target& operator=(const target&) = default;
};

struct chatmesh_target_options {
  endpoint streams;
  endpoint writes;  // the same node, or another one of its cluster
  std::uint32_t object_bytes = 0;
  std::string share;  // file to tell others of the companies; may be empty
  std::string use;    // file to take the companies from, in place of making them; may be empty
};

std::unique_ptr<target> make_chatmesh_target(const chatmesh_target_options&);

struct url_target_options {
  std::string subscribe;         // http://127.0.0.1:1234/sub/{channel}
  std::string publish;           // http://127.0.0.1:1234/pub/{channel}
  std::string subscribe_header;  // "Name: value", may be empty
  std::string publish_header;    // likewise
  std::string publish_type;      // content type
  std::string publish_body;      // with {data} and {channel}
  std::uint32_t data_bytes = 0;  // of {data}
};

/// Any other server: a GET of one URL subscribes, a POST to another publishes.
std::unique_ptr<target> make_url_target(const url_target_options&);

/// `text` with each `{name}` replaced.
std::string fill(std::string_view text, std::string_view name, std::string_view value);

}  // namespace chatmesh::bench
