// Server-sent events, read strictly: only what the protocol lets the server send passes.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace chatmesh::test {

// Objects compare without regard to the order of their members.
using json = nlohmann::json;

class sse_frame {
public:
  std::optional<std::string> id;
  std::string event;
  std::string data;
  std::optional<std::int64_t> retry;  // milliseconds

  // The data as JSON, which is always one object. Parsed once; copies of the frame share it.
  const json& value() const {
    if (!parsed_)
      parsed_ = std::make_shared<const json>(json::parse(data, nullptr, false));
    return *parsed_;
  }

private:
  friend class parsed_data;
  mutable std::shared_ptr<const json> parsed_;
};

// Frames' data, parsed once for all parsers of one thread that read the same streams.
class parsed_data {
public:
  void parse(const sse_frame&);

private:
  static constexpr std::size_t most = 4'096;
  std::unordered_map<std::string, std::shared_ptr<const json>> known_;  // by text
};

class sse_parser {
public:
  // `shared` lives longer; null: each frame is parsed by itself.
  explicit sse_parser(parsed_data* shared = nullptr) : shared_(shared) {}

  // Takes bytes as they come and answers the frames that they complete. Throws format_error for anything but
  // `id`, `event`, `retry` and `data` lines, each once in a frame, with LF line ends and one JSON object as data.
  std::vector<sse_frame> feed(std::string_view bytes);

  // Bytes of a frame that has begun and not ended.
  std::size_t pending() const { return pending_; }

private:
  void take_line(std::string_view line);
  sse_frame finish();

  parsed_data* shared_;
  std::string line_;
  sse_frame frame_;
  bool has_event_ = false;
  bool has_data_ = false;
  std::size_t pending_ = 0;
};

}  // namespace chatmesh::test
