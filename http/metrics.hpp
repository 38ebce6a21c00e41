// What this server counts, for an operator (Prometheus text format).
#pragma once

#include "http/router.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::http {

// Owned by the server. All functions may be called from any thread; counting takes no lock.
class metrics {
public:
  metrics();
  ~metrics();

  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  // Before the server starts: one counter per status class for each route's method and pattern.
  void expect(const std::vector<route>&);

  // One answered request; no route: the head was refused, or nothing has that path.
  void answered(const route*, unsigned status);

  void accepted();            // a connection
  void refused_connection();  // over max_connections

  // What others count or hold, asked for when it is read. Set up before the server starts; the functions may be called
  // until the last text(), from any thread. Each reading has its own value of the label; an empty label is for one
  // alone.
  enum class kind : std::uint8_t { counter, gauge };
  struct reading {
    std::string label_value;
    std::function<double()> value;
  };
  void watch(kind, std::string name, std::string help, std::string label, std::vector<reading>);

  // The same where nobody knows beforehand which values of the label there are; each once.
  struct sample {
    std::string label_value;
    double value = 0;
  };
  void watch(kind, std::string name, std::string help, std::string label, std::function<std::vector<sample>()>);

  // The exposition text.
  std::string text() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace chatmesh::http
