#include "http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <unordered_map>

namespace chatmesh::http {

namespace {

constexpr std::size_t status_classes = 5;
constexpr std::size_t end_reasons = 8;

using class_counters = std::array<prometheus::Counter*, status_classes>;

}  // namespace

struct metrics::impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("chatmesh_http_requests_total")
                                                          .Help("Answered requests by route and class of status.")
                                                          .Register(registry);
  prometheus::Family<prometheus::Counter>& connections = prometheus::BuildCounter()
                                                             .Name("chatmesh_http_connections_total")
                                                             .Help("Accepted connections, and those over the limit.")
                                                             .Register(registry);
  prometheus::Family<prometheus::Counter>& ends = prometheus::BuildCounter()
                                                      .Name("chatmesh_stream_ends_total")
                                                      .Help("Ended event streams by reason; `closed`: by the peer.")
                                                      .Register(registry);
  prometheus::Family<prometheus::Counter>& written = prometheus::BuildCounter()
                                                         .Name("chatmesh_stream_written_total")
                                                         .Help("Frames and bytes written to event streams.")
                                                         .Register(registry);
  prometheus::Counter& accepted = connections.Add({{"result", "accepted"}});
  prometheus::Counter& refused = connections.Add({{"result", "refused"}});
  prometheus::Counter& opened = prometheus::BuildCounter()
                                    .Name("chatmesh_streams_total")
                                    .Help("Opened event streams.")
                                    .Register(registry)
                                    .Add({});
  prometheus::Counter& frames = written.Add({{"unit", "frames"}});
  prometheus::Counter& bytes = written.Add({{"unit", "bytes"}});
  prometheus::Counter& closed = ends.Add({{"reason", "closed"}});
  std::array<prometheus::Counter*, end_reasons> ended{};
  std::unordered_map<const route*, class_counters> by_route;  // read only once the server runs
  class_counters unrouted = counters("", "");

  struct watched {
    prometheus::Gauge& gauge;
    std::function<double()> value;
  };
  std::vector<watched> gauges;

  class_counters counters(const std::string& method, const std::string& pattern) {
    class_counters result{};
    for (std::size_t i = 0; i < status_classes; ++i) {
      const auto status = std::to_string(i + 1) + "xx";
      result[i] = &requests.Add({{"method", method}, {"route", pattern}, {"status", status}});
    }
    return result;
  }
};

metrics::metrics() : impl_(std::make_unique<impl>()) {
  for (std::size_t i = 0; i < end_reasons; ++i) {
    const std::string reason{domain::to_string(static_cast<domain::end_reason>(i))};
    impl_->ended[i] = &impl_->ends.Add({{"reason", reason}});
  }
}

metrics::~metrics() = default;

void metrics::expect(const std::vector<route>& routes) {
  for (const auto& each : routes)
    impl_->by_route.emplace(&each, impl_->counters(each.method, each.pattern));
}

void metrics::answered(const route* r, unsigned status) {
  const auto found = impl_->by_route.find(r);
  const auto& counters = found == impl_->by_route.end() ? impl_->unrouted : found->second;
  if (status >= 100 && status < 600)
    counters[status / 100 - 1]->Increment();
}

void metrics::accepted() {
  impl_->accepted.Increment();
}

void metrics::refused_connection() {
  impl_->refused.Increment();
}

void metrics::stream_opened() {
  impl_->opened.Increment();
}

void metrics::stream_ended(domain::end_reason why) {
  impl_->ended.at(static_cast<std::size_t>(why))->Increment();
}

void metrics::stream_closed() {
  impl_->closed.Increment();
}

void metrics::frames_sent(std::uint64_t frames, std::uint64_t bytes) {
  impl_->frames.Increment(static_cast<double>(frames));
  impl_->bytes.Increment(static_cast<double>(bytes));
}

void metrics::watch(std::string name, std::string help, std::function<double()> value) {
  auto& gauge = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add({});
  impl_->gauges.push_back({gauge, std::move(value)});
}

std::string metrics::text() {
  for (const auto& [gauge, value] : impl_->gauges)
    gauge.Set(value());
  return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

}  // namespace chatmesh::http
