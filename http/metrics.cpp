#include "http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <functional>
#include <unordered_map>

namespace chatmesh::http {

namespace {

constexpr std::size_t status_classes = 5;

using class_counters = std::array<prometheus::Counter*, status_classes>;

struct watched {
  metrics::kind kind;
  std::string name, help, label;
  std::function<std::vector<metrics::sample>()> samples;
};

prometheus::MetricFamily read(const watched& w) {
  const bool counts = w.kind == metrics::kind::counter;
  prometheus::MetricFamily family;
  family.name = w.name;
  family.help = w.help;
  family.type = counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
  for (const auto& each : w.samples()) {
    auto& metric = family.metric.emplace_back();
    if (!w.label.empty())
      metric.label.push_back({w.label, each.label_value});
    (counts ? metric.counter.value : metric.gauge.value) = each.value;
  }
  return family;
}

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
  prometheus::Counter& accepted = connections.Add({{"result", "accepted"}});
  prometheus::Counter& refused = connections.Add({{"result", "refused"}});
  class_counters unrouted = counters("", "");
  std::unordered_map<const route*, class_counters> by_route;  // this and what follows: only read once the server runs
  std::vector<watched> others;

  class_counters counters(const std::string& method, const std::string& pattern) {
    class_counters result{};
    for (std::size_t i = 0; i < status_classes; ++i) {
      const auto status = std::to_string(i + 1) + "xx";
      result[i] = &requests.Add({{"method", method}, {"route", pattern}, {"status", status}});
    }
    return result;
  }
};

metrics::metrics() : impl_(std::make_unique<impl>()) {}

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

void metrics::watch(kind k, std::string name, std::string help, std::string label, std::vector<reading> readings) {
  watch(k, std::move(name), std::move(help), std::move(label), [readings = std::move(readings)] {
    std::vector<sample> samples;
    for (const auto& each : readings)
      samples.push_back({each.label_value, each.value()});
    return samples;
  });
}

void metrics::watch(kind k, std::string name, std::string help, std::string label,
                    std::function<std::vector<sample>()> samples) {
  impl_->others.push_back({k, std::move(name), std::move(help), std::move(label), std::move(samples)});
}

std::string metrics::text() const {
  auto families = impl_->registry.Collect();
  for (const auto& each : impl_->others)
    families.push_back(read(each));
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace chatmesh::http
