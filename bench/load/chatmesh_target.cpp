#include "bench/common/clock.hpp"
#include "bench/load/company_file.hpp"
#include "bench/load/http_client.hpp"
#include "bench/load/target.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <future>
#include <stdexcept>

#include <unistd.h>

namespace chatmesh::bench {

namespace {

using nlohmann::json;

constexpr std::size_t prepare_threads = 16;
constexpr std::size_t attribute_bytes = 1000;  // the server takes up to 1024 in one attribute

// The JSON of `attributes` with as many bytes between its braces as asked for, as nearly as it can be done.
std::string attributes_of(std::size_t bytes) {
  std::string text;
  for (int i = 10; text.size() + 9 < bytes; ++i) {
    const std::size_t frame = text.empty() ? 8 : 9;  // "a10":"" and a comma before
    const auto room = bytes - text.size() - frame;
    // A rest that the next one's frame would not fit into goes to this one.
    const auto size = room < attribute_bytes + 10 ? room : attribute_bytes;
    text += text.empty() ? "" : ",";
    text.append("\"a").append(std::to_string(i)).append("\":\"").append(size, 'x').append("\"");
  }
  return text;
}

class chatmesh_target final : public target {
public:
  explicit chatmesh_target(const chatmesh_target_options& options) : options_(options) {
    streams = options.streams;
    writes = options.writes;
  }

  void prepare(std::vector<channel>& channels) override {
    if (!options_.use.empty()) {
      set_ = read_companies(options_.use, channels);
      return;
    }
    make_companies(channels);
    if (!options_.share.empty())
      write_companies(options_.share, set_, channels);
  }

  std::string subscribe(std::uint32_t index, std::string_view cursor) const override {
    std::string out = "GET " + set_.paths[index].events +
                      " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n";
    out += "Authorization: Bearer " + set_.token + "\r\n";
    if (!cursor.empty())
      out.append("Last-Event-ID: ").append(cursor).append("\r\n");
    return out + "\r\n";
  }

  // Written with a client token that no stream has: the author's own streams get the event, too.
  void write(std::string& out, const mark& m) const override {
    const auto body = body_of(m, filler_);
    out += "PUT " + set_.paths[m.channel].customer +
           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nChatmesh-Client: load\r\n"
           "Authorization: Bearer " +
           set_.token + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  bool resumes() const override { return true; }

private:
  // One user owns all companies: one password to hash, one token for all requests.
  void make_companies(std::vector<channel>& channels) {
    api_client api{writes};
    const auto unique = std::to_string(::getpid()) + std::to_string(now_ns());
    const json signup{{"company", {{"name", "Load 0"}}},
                      {"name", "Load"},
                      {"email", "load" + unique + "@load.example"},
                      {"password", "a long enough password"}};
    const auto owner = expect(api.call("POST", "/api/v1/signup", "", signup.dump()), 201);
    set_.token = owner.at("session").at("token");
    set_.paths.resize(channels.size());
    const auto bytes = add_customer(api, 0, owner.at("company").at("id"), channels[0]);
    filler_ = attributes_of(options_.object_bytes - std::min<std::size_t>(options_.object_bytes, bytes));

    // Side by side, so that the server commits many at once.
    std::vector<std::future<void>> parts;
    for (std::size_t part = 0; part < prepare_threads; ++part) {
      parts.push_back(std::async(std::launch::async, [this, part, &channels] {
        api_client own{writes};
        for (auto i = part + 1; i < channels.size(); i += prepare_threads) {
          const auto made = expect(own.call("POST", "/api/v1/companies", set_.token, R"({"name":"Load"})"), 201);
          add_customer(own, i, made.at("company").at("id"), channels[i]);
        }
      }));
    }
    for (auto& part : parts)
      part.get();
  }

  static std::string body_of(const mark& m, const std::string& attributes) {
    std::string name(mark_bytes, ' ');
    encode_mark(name.data(), m);
    return R"({"name":")" + name + R"(","attributes":{)" + attributes + "}}";
  }

  // The one object of a company that is written again and again; answers its size.
  std::size_t add_customer(api_client& api, std::size_t i, const std::string& company, channel& c) {
    const auto base = "/api/v1/companies/" + company;
    const auto made = api.call("POST", base + "/customers", set_.token, body_of({}, ""));
    set_.paths[i] = {base + "/events", base + "/customers/" + expect(made, 201).at("id").get<std::string>()};
    place_after(c, made.cursor);
    return made.body.size();
  }

  static json expect(const api_client::result& result, unsigned status) {
    if (result.status != status)
      throw std::runtime_error{"the server answered " + std::to_string(result.status) + ": " + result.body};
    return json::parse(result.body);
  }

  static void place_after(channel& c, const std::string& cursor) {
    const auto dash = cursor.find('-');
    if (dash == std::string::npos)
      throw std::runtime_error{"no cursor in the answer to a write"};
    c.epoch = cursor.substr(0, dash);
    std::from_chars(cursor.data() + dash + 1, cursor.data() + cursor.size(), c.base_seq);
  }

  chatmesh_target_options options_;
  company_set set_;
  std::string filler_;
};

}  // namespace

std::unique_ptr<target> make_chatmesh_target(const chatmesh_target_options& options) {
  return std::make_unique<chatmesh_target>(options);
}

}  // namespace chatmesh::bench
