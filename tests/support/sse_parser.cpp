#include "tests/support/sse_parser.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <utility>

namespace chatmesh::test {

void parsed_data::parse(const sse_frame& frame) {
  if (known_.size() >= most)
    known_.clear();
  auto& known = known_[frame.data];
  if (known)
    frame.parsed_ = known;
  else if (frame.value().is_object())
    known = frame.parsed_;
}

std::vector<sse_frame> sse_parser::feed(std::string_view bytes) {
  std::vector<sse_frame> frames;
  if (bytes.find_first_of(std::string_view{"\r\0", 2}) != std::string_view::npos)
    throw format_error("event stream: CR or NUL");
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto taken = end == std::string_view::npos ? bytes.size() : end + 1;
    line_.append(bytes.substr(0, end));
    bytes.remove_prefix(taken);
    pending_ += taken;
    if (end == std::string_view::npos)
      break;
    if (!line_.empty()) {
      take_line(std::exchange(line_, {}));
      continue;
    }
    frames.push_back(finish());
    pending_ = 0;
  }
  return frames;
}

void sse_parser::take_line(std::string_view line) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos)
    throw format_error("event stream: a line that is no field: " + std::string{line});
  const auto name = line.substr(0, colon);
  const std::string value{line.substr(colon + 2)};
  const auto once = [&](bool seen) {
    if (seen)
      throw format_error("event stream: field given twice: " + std::string{name});
  };
  if (name == "id") {
    once(frame_.id.has_value());
    frame_.id = value;
  } else if (name == "event") {
    once(std::exchange(has_event_, true));
    frame_.event = value;
  } else if (name == "data") {
    once(std::exchange(has_data_, true));
    frame_.data = value;
  } else if (name == "retry") {
    once(frame_.retry.has_value());
    if (value.empty() || value.size() > 9 || !std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; }))
      throw format_error("event stream: retry is no number: " + value);
    frame_.retry = std::stoll(value);
  } else {
    throw format_error("event stream: unknown field: " + std::string{name});
  }
}

sse_frame sse_parser::finish() {
  if (!has_event_ || !has_data_)
    throw format_error("event stream: a frame without event or data");
  if (shared_)
    shared_->parse(frame_);
  if (!frame_.value().is_object())
    throw format_error("event stream: data is no JSON object: " + frame_.data);
  has_event_ = has_data_ = false;
  return std::exchange(frame_, {});
}

}  // namespace chatmesh::test
