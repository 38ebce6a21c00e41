#include "bench/load/settings.hpp"

#include <algorithm>
#include <stdexcept>

namespace chatmesh::bench {

namespace {

constexpr std::uint32_t most_closed_writers = 256;
constexpr std::uint32_t rate_writers = 64;

void reject_contradictions(const settings& s) {
  if (s.companies == 0 || s.outstanding == 0 || (s.all_streams() == 0 && s.share.empty()))
    throw std::invalid_argument{"--companies, --streams and --outstanding are at least 1"};
  if ((!s.share.empty() || s.listens_only()) && !s.in_step)
    throw std::invalid_argument{"--share and --use need --in-step: writer and listeners wait for each other"};
  if (s.listens_only() && (!s.share.empty() || s.slow + s.stalled > 0 || s.churn > 0 || s.storm_at_s > 0))
    throw std::invalid_argument{
        "--use listens, with streams that stay: no --share, --slow, --stalled, --churn, --storm-at"};
  if (s.closed && (s.churn > 0 || s.storm_at_s > 0))
    throw std::invalid_argument{"--churn and --storm-at need --mode=rate: a closed loop would wait for who left"};
  if (!s.server->resumes() && (s.churn > 0 || s.storm_at_s > 0))
    throw std::invalid_argument{"--churn and --storm-at need a server whose streams resume"};
}

std::unique_ptr<target> read_target(flags& f, const settings& s) {
  const auto api = f.text("api", "");
  if (!api.empty())
    return make_chatmesh_target({.streams = parse_endpoint(api),
                                 .writes = parse_endpoint(f.text("write-api", api)),
                                 .object_bytes = s.body_bytes,
                                 .share = s.share,
                                 .use = s.use});
  const auto subscribe = f.text("subscribe", "");
  const auto publish = f.text("publish", "");
  if (subscribe.empty() || publish.empty())
    throw std::invalid_argument{"--api, or --subscribe and --publish, name the server; --help names all flags"};
  return make_url_target({.subscribe = subscribe,
                          .publish = publish,
                          .subscribe_header = f.text("subscribe-header", ""),
                          .publish_header = f.text("publish-header", ""),
                          .publish_type = f.text("publish-type", "text/plain"),
                          .publish_body = f.text("publish-body", "{data}"),
                          .data_bytes = s.body_bytes});
}

}  // namespace

std::vector<pid_t> read_pids(flags& f) {
  std::vector<pid_t> pids;
  for (const auto& text : f.list("server-pid"))
    pids.push_back(std::stoi(text));
  return pids;
}

settings read_settings(flags& f) {
  settings s;
  s.label = f.text("label", "");
  s.server_pids = read_pids(f);
  const auto number = [&f](std::string_view name, std::uint32_t otherwise) {
    return static_cast<std::uint32_t>(f.count(name, otherwise));
  };
  s.body_bytes = number("body-bytes", 500);
  s.in_step = f.on("in-step");
  s.share = f.text("share", "");
  s.use = f.text("use", "");
  s.server = read_target(f, s);
  s.streams = number("streams", 100);
  s.companies = number("companies", 1);
  s.first_company = number("first-company", 0);
  s.slow = number("slow", 0);
  s.slow_bytes = number("slow-bytes", 16384);
  s.stalled = number("stalled", 0);
  s.connect_window = std::max(1U, number("connect-window", 256));
  s.connect_rate = f.number("connect-rate", 0);
  const auto mode = f.text("mode", "closed");
  if (mode != "closed" && mode != "rate")
    throw std::invalid_argument{"--mode is closed or rate"};
  s.closed = mode == "closed";
  s.burst = f.on("burst");
  s.outstanding = number("outstanding", 1);
  s.rate = f.number("rate", 10);
  const auto wanted = s.closed
                          ? std::min<std::uint64_t>(std::uint64_t{s.outstanding} * s.companies, most_closed_writers)
                          : rate_writers;
  s.writers = number("writers", 0);
  if (s.writers == 0 && !s.listens_only())
    s.writers = static_cast<std::uint32_t>(wanted);
  s.warmup_s = f.number("warmup", 1);
  s.measure_s = f.number("seconds", 5);
  s.settle_s = f.number("settle", 1);
  s.idle_s = f.number("idle", 0);
  s.drain_s = f.number("drain", 30);
  s.churn = f.number("churn", 0);
  s.storm_at_s = f.number("storm-at", 0);
  s.storm_away_s = f.number("storm-away", 1);
  f.reject_unknown();
  reject_contradictions(s);
  return s;
}

}  // namespace chatmesh::bench
