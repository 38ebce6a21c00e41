// A real reverse proxy in front of the server, as an operator would run it: nginx or HAProxy from Debian.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace chatmesh::test {

enum class proxy_kind { nginx, haproxy };

// Whether that proxy is installed here (scripts/install-dependencies --tests sees to it).
bool is_installed(proxy_kind);

// Listens on a free port of this machine and passes everything on to `backend`, over connections that it keeps and
// shares between its clients. It answers 403 itself to every path that contains "/customers". Starts in the
// constructor; ends in the destructor. For one thread at a time.
class proxy_process {
public:
  proxy_process(proxy_kind, std::uint16_t backend);
  ~proxy_process();

  proxy_process(const proxy_process&) = delete;
  proxy_process& operator=(const proxy_process&) = delete;

  std::uint16_t port() const { return port_; }

private:
  bool launch(const std::string& configuration);

  proxy_kind kind_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace chatmesh::test
