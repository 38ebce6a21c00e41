#include "app/cluster_links.hpp"

#include "app/caf_network.hpp"
#include "config/endpoint.hpp"

#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/middleman_actor.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/send.hpp>
#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace chatmesh::app {

namespace {

constexpr std::chrono::seconds heartbeat{1};  // CAF's, on each link

// One attempt to reach another node's door. A middleman actor of its own: a shared one would let an address that does
// not answer hold up all others, and hands out what it remembers of a connection that has gone.
class dialler final : public caf::event_based_actor {
public:
  dialler(caf::actor_config& config, caf::io::middleman_actor middleman, const caf::strong_actor_ptr& door,
          config::endpoint to, std::function<void(caf::strong_actor_ptr)> answer)
      : caf::event_based_actor(config), middleman_(std::move(middleman)), to_(std::move(to)), done_(std::move(answer)) {
    set_down_handler([this](caf::down_msg&) { finish(nullptr); });
    monitor(door);  // nobody wants the answer when that has gone
  }

  const char* name() const override { return "chatmesh.dialler"; }

protected:
  caf::behavior make_behavior() override {
    request(middleman_, dial_patience, caf::connect_atom_v, to_.host, to_.port)
        .then([this](const caf::node_id&, const caf::strong_actor_ptr& door,
                     const std::set<std::string>&) { finish(door); },
              [this](const caf::error&) { finish(nullptr); });
    return {[](caf::unit_t) {}};
  }

  void on_exit() override {
    caf::anon_send_exit(middleman_, caf::exit_reason::kill);
    middleman_ = nullptr;
  }

private:
  void finish(caf::strong_actor_ptr door) {
    if (const auto answer = std::exchange(done_, nullptr))
      answer(std::move(door));
    quit();
  }

  caf::io::middleman_actor middleman_;
  const config::endpoint to_;
  std::function<void(caf::strong_actor_ptr)> done_;
};

[[noreturn]] void refuse(const std::string& option, const std::string& file) {
  throw std::runtime_error(option + ": " + file + " can't be used");
}

// A copy in memory that lasts as long as the process; its path. CAF reads the files anew for each connection, and does
// not survive one that is missing, or a certificate that has been changed before its key.
std::string keep_copy(const std::string& option, const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  const std::string content{std::istreambuf_iterator<char>{in}, {}};
  const int copy = memfd_create("certificate", MFD_CLOEXEC);
  if (content.empty() || copy < 0 || write(copy, content.data(), content.size()) != std::ssize(content))
    refuse(option, file);
  return "/proc/self/fd/" + std::to_string(copy);
}

void set_up_certificates(caf::actor_system_config& system, const config::cluster_settings& s) {
  system.openssl_certificate = keep_copy("cluster.certificate", s.certificate);
  system.openssl_key = keep_copy("cluster.key", s.key);
  system.openssl_cafile = keep_copy("cluster.ca", s.ca);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (SSL_CTX_use_certificate_chain_file(context.get(), system.openssl_certificate.c_str()) != 1)
    refuse("cluster.certificate", s.certificate);
  if (SSL_CTX_use_PrivateKey_file(context.get(), system.openssl_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    refuse("cluster.key", s.key);
  if (SSL_CTX_load_verify_locations(context.get(), system.openssl_cafile.c_str(), nullptr) != 1)
    refuse("cluster.ca", s.ca);
}

}  // namespace

void cluster_links::prepare(config::configuration& configuration) {
  const auto& s = configuration.values().cluster;
  if (!s.enabled || s.listen.empty())
    return;
  caf::actor_system_config& system = configuration;
  system.load<caf::io::middleman>();
  // Without these a peer that has stopped is never noticed.
  configuration.set("middleman.heartbeat-interval", caf::timespan{heartbeat});
  configuration.set("middleman.connection-timeout", caf::timespan{s.link_timeout});
  if (s.certificate.empty())
    return;
  set_up_certificates(system, s);
  system.load<caf::openssl::manager>();
}

cluster_links::cluster_links(caf::actor_system& system, const config::cluster_settings& s, http::stream_rights& rights)
    : system_(system), settings_(s), rights_(rights),
      basp_(system.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"))) {}

std::string cluster_links::open(const caf::strong_actor_ptr& door) {
  const auto at = config::parse_endpoint(settings_.listen).value();
  const auto actor = caf::actor_cast<caf::actor>(door);
  const auto port = secure() ? caf::openssl::publish(actor, at.port, at.host.c_str(), true)
                             : system_.middleman().publish(actor, at.port, at.host.c_str(), true);
  if (!port)
    throw std::runtime_error("cluster.listen: " + settings_.listen + " can't be had: " + system_.render(port.error()));
  door_ = door;
  auto reached = config::parse_endpoint(settings_.advertise, *port).value_or(config::endpoint{at.host, *port});
  if (reached.port == 0)
    reached.port = *port;
  spdlog::info("links of other nodes at {}, {}", reached.to_string(), secure() ? "by mutual TLS" : "without TLS");
  return reached.to_string();
}

void cluster_links::dial(const std::string& address, std::function<void(caf::strong_actor_ptr)> done) {
  auto to = config::parse_endpoint(address);
  if (!to)
    return done(nullptr);
  auto middleman = secure() ? caf::openssl::make_middleman_actor(system_, basp_)
                            : caf::io::make_middleman_actor(system_, basp_);
  system_.spawn<dialler>(std::move(middleman), door_, *std::move(to), std::move(done));
}

void cluster_links::link_begun(const std::string& peer, std::uint32_t wire) {
  const std::lock_guard guard{mutex_};
  told_.erase(peer);
  spdlog::info("link to node {} (wire version {})", peer, wire);
}

// Once, however often it is tried.
void cluster_links::link_ended(const std::string& peer, std::string_view reason) {
  const std::lock_guard guard{mutex_};
  if (std::exchange(told_[peer], reason) != reason)
    spdlog::warn("no link to node {}: {}", peer, reason);
}

}  // namespace chatmesh::app
