// Wires the layers, waits for a signal, and takes everything down in order (docs/DESIGN.md, "Shutdown").
#include "actors/hub.hpp"
#include "app/cluster_bridge.hpp"
#include "app/cluster_links.hpp"
#include "app/cluster_member.hpp"
#include "app/commit_bridge.hpp"
#include "app/demo.hpp"
#include "app/log_bridge.hpp"
#include "app/logging.hpp"
#include "app/maintenance.hpp"
#include "app/process.hpp"
#include "app/pruner.hpp"
#include "app/web_root.hpp"
#include "config/configuration.hpp"
#include "http/server.hpp"
#include "http/stream_rights.hpp"
#include "persistence/database.hpp"
#include "persistence/database_lock.hpp"
#include "persistence/readers.hpp"
#include "persistence/writer.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/spdlog.h>

#include <exception>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>

namespace chatmesh::app {

namespace {

std::string url_of(const std::string& address, std::uint16_t port) {
  const bool here = address == "127.0.0.1" || address == "::1" || address == "0.0.0.0" || address == "::";
  const bool v6 = !here && address.find(':') != std::string::npos;
  return "http://" + (here ? "localhost" : v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

void announce(const http::settings& s, const http::server& server) {
  std::cout << "ChatMesh listens on " << url_of(s.address, server.port()) << "\n";
  if (s.operations)
    std::cout << "ChatMesh operations on " << url_of(s.operations_address, server.operations_port()) << "\n";
  std::cout << std::flush;
}

// The actor system can only go when no actor is left: also where the start fails half-way.
struct last_actor {
  caf::actor_system& system;
  actors::hub& hub;
  ~last_actor() {
    hub.close({});
    system.await_all_actors_done();
  }
};

// The readers are made before who has to hear of another history, and end after it.
class history_watch {
public:
  void changed() {
    const std::lock_guard guard{mutex_};
    if (listener_ != nullptr)
      listener_->history_changed();
  }
  void tell(persistence::commit_listener* listener) {
    const std::lock_guard guard{mutex_};
    listener_ = listener;
  }

private:
  std::mutex mutex_;
  persistence::commit_listener* listener_ = nullptr;  // guarded by mutex_
};

class watched_history {
public:
  watched_history(history_watch& watch, persistence::commit_listener& listener) : watch_(watch) {
    watch_.tell(&listener);
  }
  ~watched_history() { watch_.tell(nullptr); }
  watched_history(const watched_history&) = delete;
  watched_history& operator=(const watched_history&) = delete;

private:
  history_watch& watch_;
};

// Everything between the configuration and the end of the last thread. What is constructed later may use what is
// constructed earlier, and ends before it.
void serve(config::configuration& configuration) {
  auto settings = configuration.values();
  if (settings.http.web_root.empty())
    settings.http.web_root = find_web_root();
  const persistence::database_lock lock{settings.persistence};
  persistence::prepare_database(settings.persistence);

  cluster_links::prepare(configuration);
  std::optional<watchdog> bound;
  caf::actor_system system{configuration};
  const end_mark end_of_readers{bound, "CAF's threads and the links' connections"};
  history_watch history;
  persistence::readers readers{settings.persistence, [&history] { history.changed(); }};
  const end_mark end_of_cluster{bound, "the readers of the database"};
  log_bridge log{readers, settings.actors};
  http::stream_rights rights;
  std::optional<cluster_bridge> cluster;
  if (settings.cluster.enabled)
    cluster.emplace(settings.persistence, rights, settings.actors.node, settings.cluster.node_lease);
  const end_mark end_of_hub{bound, "the cluster's session of the database"};
  actors::hub hub{system, settings.actors, log};
  const last_actor last{system, hub};
  commit_bridge listener{hub, rights};
  const watched_history watched{history, listener};
  const end_mark end_of_writer{bound, "the last actors"};
  persistence::writer writer{settings.persistence, listener};
  const end_mark end_of_server{bound, "the writer of the database"};
  http::server server{system, settings.http, readers, writer, hub, rights};
  std::optional<cluster_member> member;
  if (cluster)
    member.emplace(system, hub, *cluster, rights, settings, server.metrics());
  persistence::prune_log rule;
  rule.keep_events = settings.process.retention_events;
  rule.keep_age = settings.process.retention_age;
  rule.keep_audit = settings.process.retention_audit;
  const pruner prune{writer, rule, settings.process.retention_interval};
  if (settings.process.demo) {
    const auto base = settings.http.public_url.empty() ? url_of(settings.http.address, server.port())
                                                       : settings.http.public_url;
    fill_demo(writer, readers, {base, settings.http.password_memory_kib, settings.http.password_passes}, std::cout);
  }
  server.start();
  announce(settings.http, server);

  const auto signal = wait_for_signal();
  bound.emplace(settings.process.shutdown_limit);
  spdlog::info("signal {}: ending", signal);
  server.stop_accepting();
  server.close_sessions();
  hub.close({settings.process.shutdown_reconnects, settings.process.shutdown_spread});
  bound->waits_for([&] {
    return std::to_string(system.registry().running()) + " actors, " + std::to_string(hub.connections()) +
           " streams among them";
  });
  system.await_all_actors_done();  // while the io threads still run: the streams' actors end there
  bound->waits_for([&] { return "HTTP connections, " + std::to_string(server.open()) + " of them public"; });
  server.join();
  bound->waits_for([] { return std::string{"the pruning of the log and the cluster's links"}; });
}

int run(std::vector<std::string> args) {
  config::configuration configuration;
  switch (configuration.load(std::move(args))) {
  case config::command::show_help: std::cout << config::help_text(); return ended_in_order;
  case config::command::show_version: std::cout << "chatmesh " CHATMESH_VERSION "\n"; return ended_in_order;
  case config::command::serve: break;
  default: set_up_log(configuration.values().process); return maintain(configuration, std::cout);
  }
  block_signals();
  set_up_log(configuration.values().process);
  raise_descriptor_limit(configuration.values().http.max_connections);
  serve(configuration);
  spdlog::info("ended in order");
  return ended_in_order;
}

}  // namespace

}  // namespace chatmesh::app

int main(int argc, char** argv) {
  using namespace chatmesh;
  try {
    return app::run({argv + 1, argv + argc});
  } catch (const config::config_error& e) {
    std::cerr << "chatmesh: " << e.what() << "\n";
    return app::bad_configuration;
  } catch (const std::exception& e) {
    std::cerr << "chatmesh: " << e.what() << "\n";
    return app::failed;
  }
}
