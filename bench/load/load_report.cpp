// How a run went, as one JSON object. Times are named with their unit; CPU is user + system.
#include "bench/common/clock.hpp"
#include "bench/load/load_run.hpp"

#include <algorithm>
#include <string>

namespace chatmesh::bench {

namespace {

double per(double value, std::uint64_t count) {
  return count == 0 ? 0 : value / static_cast<double>(count);
}

double seconds_between(const moment& a, const moment& b) {
  return static_cast<double>(b.at_ns - a.at_ns) / static_cast<double>(ns_per_s);
}

double growth(std::uint64_t before, std::uint64_t after) {
  return static_cast<double>(after) - static_cast<double>(before);
}

void add_percentiles(json_line& out, const std::string& name, const histogram& h) {
  const auto ms = [](std::uint64_t ns) { return static_cast<double>(ns) / static_cast<double>(ns_per_ms); };
  out.add(name + "_p50_ms", ms(h.at(0.5)));
  out.add(name + "_p90_ms", ms(h.at(0.9)));
  out.add(name + "_p99_ms", ms(h.at(0.99)));
  out.add(name + "_p999_ms", ms(h.at(0.999)));
  out.add(name + "_max_ms", ms(h.max()));
}

}  // namespace

json_line load_run::report() const {
  json_line out;
  if (!settings_.label.empty())
    out.add("label", settings_.label);
  report_connects(out);
  report_deliveries(out);
  report_cost(out);
  return out;
}

void load_run::report_connects(json_line& out) const {
  const auto& f = found_;
  const auto streams = std::uint64_t{f.streams_live};
  out.add("streams", std::uint64_t{settings_.all_streams()});
  out.add("companies", std::uint64_t{settings_.companies});
  out.add("connected", streams);
  out.add("connect_s", seconds_between(f.before_connects, f.connected));
  out.add("connects_per_s", static_cast<double>(streams) / seconds_between(f.before_connects, f.connected));
  out.add("cpu_us_per_connect", per((f.connected.server - f.before_connects.server).total() * 1e6, streams));
  out.add("resident_mib", static_cast<double>(f.settled.resident) / (1 << 20));
  out.add("resident_kib_per_stream", per(growth(f.before_connects.resident, f.settled.resident) / 1024, streams));
  out.add("kernel_kib_per_stream", per(growth(f.before_connects.kernel, f.settled.kernel) / 1024, streams));
  if (settings_.idle_s > 0)
    out.add("idle_cpu_percent",
            100 * (f.idled.server - f.settled.server).total() / seconds_between(f.settled, f.idled));
}

void load_run::report_deliveries(json_line& out) const {
  const auto& counts = streams_->counts();
  const auto seconds = seconds_between(found_.begun, found_.over);
  std::uint64_t order_faults = 0;
  for (const auto& c : channels_)
    order_faults += c.order_faults();
  const auto missing = streams_->missing(false);
  const auto foreign = counts.foreign + found_.strangers;
  const auto lazy_missing = streams_->missing(true);
  const bool whole = found_.streams_live == settings_.all_streams() && found_.completed &&
                     missing + lazy_missing == 0 &&
                     counts.duplicates + counts.out_of_order + foreign + counts.resets + order_faults == 0 &&
                     counts.closed + counts.refused == 0 && writers_->failed() == 0;
  out.add_flag("whole", whole);
  out.add_flag("completed", found_.completed);
  out.add("writes", found_.writes);
  out.add("writes_failed", writers_->failed());
  out.add("writes_per_s", static_cast<double>(found_.writes) / seconds);
  out.add("deliveries", found_.deliveries);
  out.add("deliveries_per_s", static_cast<double>(found_.deliveries) / seconds);
  out.add("missing", missing);
  out.add("missing_lazy", lazy_missing);
  out.add("duplicate", counts.duplicates);
  out.add("out_of_order", counts.out_of_order + order_faults);
  out.add("foreign", foreign);
  out.add("resets", counts.resets);
  out.add("closed", counts.closed);
  out.add("refused", counts.refused);
  out.add("bytes_per_delivery", per(static_cast<double>(found_.stream_bytes), found_.deliveries));
  add_percentiles(out, "latency", streams_->latency());
  add_percentiles(out, "answer", found_.answers);
  if (settings_.storm_at_s > 0) {
    out.add("storm_s", found_.storm_s);
    add_percentiles(out, "storm_answer", found_.storm_answers);
  }
  if (settings_.slow + settings_.stalled > 0)
    out.add("lazy_catch_up_s", found_.lazy_s);
}

void load_run::report_cost(json_line& out) const {
  const auto& f = found_;
  const auto deliveries = f.deliveries;
  const auto server = f.over.server - f.begun.server;
  const auto seconds = seconds_between(f.begun, f.over);
  out.add("measured_s", seconds);
  out.add("server_cpu_s", server.total());
  out.add("server_cpu_us_per_delivery", per(server.total() * 1e6, deliveries));
  out.add("server_user_us_per_delivery", per(server.user_s * 1e6, deliveries));
  out.add("server_system_us_per_delivery", per(server.system_s * 1e6, deliveries));
  out.add("server_cpu_us_per_write", per(server.total() * 1e6, f.writes));
  out.add("commit_cpu_us_per_write", per((f.over.commits_s - f.begun.commits_s) * 1e6, f.writes));
  out.add("server_cpu_percent", 100 * server.total() / seconds);
  out.add("client_cpu_us_per_delivery", per((f.over.own - f.begun.own).total() * 1e6, deliveries));
  out.add("resident_growth_mib", std::max(0.0, growth(f.begun.resident, f.most_resident)) / (1 << 20));
}

}  // namespace chatmesh::bench
