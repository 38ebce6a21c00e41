#include "tests/cluster/front.hpp"

#include "tests/cluster/cluster.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/child_process.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace chatmesh::test {

namespace {

constexpr std::uint16_t https_port = 443;

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  if (text.str().empty())
    throw std::runtime_error(file.string() + " can't be read");
  return text.str();
}

// Every place; one at least.
void replace(std::string& text, const std::string& from, const std::string& to) {
  if (text.find(from) == std::string::npos)
    throw std::runtime_error("no " + from + " in the configuration");
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::string make_certificate(const std::filesystem::path& folder) {
  const certificates own{"localhost"};
  const auto both = (folder / "chatmesh.pem").string();
  std::ofstream{both} << text_of(own.file("ca.pem")) << text_of(own.file("ca.key"));
  return both;
}

std::string deployed_configuration(proxy_kind kind, const network& cables, const std::filesystem::path& folder) {
  const bool nginx = kind == proxy_kind::nginx;
  auto text = text_of(std::filesystem::path{CHATMESH_DEPLOY} / (nginx ? "nginx.conf" : "haproxy.cfg"));
  for (std::size_t node = 1; node <= usual_nodes; ++node)
    replace(text, "10.0.0.1" + std::to_string(node) + ":", cables.address(node) + ":");
  replace(text, nginx ? "/etc/nginx/chatmesh.pem" : "/etc/haproxy/chatmesh.pem", make_certificate(folder));
  if (nginx)
    replace(text, "/run/nginx.pid", (folder / "pid").string());
  return text;
}

// One connection of HTTP/2 for many clients, as a browser's tabs have one.
constexpr const char* speaks_http_2 = "global\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 80s\n"
                                      "  timeout server 80s\nfrontend plain\n  bind 127.0.0.1:8081\n"
                                      "  default_backend deployed\nbackend deployed\n  http-reuse always\n"
                                      "  server it 127.0.0.1:443 ssl verify none alpn h2\n";

}  // namespace

front::front(proxy_kind kind, const network& cables)
    : deployed_(std::in_place, kind, deployed_configuration(kind, cables, folder_.path()), endpoint{https_port}),
      before_(std::in_place, proxy_kind::haproxy, speaks_http_2, endpoint{8081}) {}

std::string front::curl(const std::string& options) const {
  const auto file = folder_.path() / "curl";
  const int status = child_process::status_of(
      {"/bin/sh", "-c", "exec curl --silent --insecure --max-time 60 " + options + " >" + file.string()});
  if (status != 0)
    throw std::runtime_error("curl " + options + " ended with " + std::to_string(status));
  return text_of(file);
}

}  // namespace chatmesh::test
