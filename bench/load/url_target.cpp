#include "bench/load/target.hpp"

#include <stdexcept>

namespace chatmesh::bench {

namespace {

struct url {
  endpoint at;
  std::string path;
};

url parse_url(const std::string& text) {
  constexpr std::string_view scheme = "http://";
  const auto slash = text.find('/', scheme.size());
  if (!text.starts_with(scheme) || slash == std::string::npos)
    throw std::invalid_argument{"not an http URL with a path: " + text};
  return {parse_endpoint(text.substr(scheme.size(), slash - scheme.size())), text.substr(slash)};
}

std::string header_line(const std::string& header) {
  return header.empty() ? "" : header + "\r\n";
}

class url_target final : public target {
public:
  explicit url_target(const url_target_options& options) : options_(options) {
    const auto subscribe = parse_url(options.subscribe);
    const auto publish = parse_url(options.publish);
    streams = subscribe.at;
    writes = publish.at;
    subscribe_path_ = subscribe.path;
    publish_path_ = publish.path;
    if (options.data_bytes < mark_bytes)
      throw std::invalid_argument{"data must hold the mark: at least " + std::to_string(mark_bytes) + " bytes"};
    filler_.assign(options.data_bytes - mark_bytes, 'x');
  }

  void prepare(std::vector<channel>&) override {}

  std::string subscribe(std::uint32_t index, std::string_view) const override {
    return "GET " + fill(subscribe_path_, "channel", name_of(index)) +
           " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n" + header_line(options_.subscribe_header) +
           "\r\n";
  }

  void write(std::string& out, const mark& m) const override {
    std::string data(mark_bytes, ' ');
    encode_mark(data.data(), m);
    data += filler_;
    const auto name = name_of(m.channel);
    const auto body = fill(fill(options_.publish_body, "channel", name), "data", data);
    out += "POST " + fill(publish_path_, "channel", name) +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + options_.publish_type + "\r\n" +
           header_line(options_.publish_header) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  bool resumes() const override { return false; }

private:
  static std::string name_of(std::uint32_t index) { return "c" + std::to_string(index); }

  url_target_options options_;
  std::string subscribe_path_;
  std::string publish_path_;
  std::string filler_;
};

}  // namespace

std::unique_ptr<target> make_url_target(const url_target_options& options) {
  return std::make_unique<url_target>(options);
}

std::string fill(std::string_view text, std::string_view name, std::string_view value) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '{' && text.substr(i + 1).starts_with(name) && text.substr(i + 1 + name.size()).starts_with('}')) {
      result += value;
      i += name.size() + 2;
    } else {
      result += text[i++];
    }
  }
  return result;
}

}  // namespace chatmesh::bench
