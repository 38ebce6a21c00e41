// A real reverse proxy in front of the server, as an operator would run it: nginx or HAProxy from Debian.
#pragma once

#include "tests/support/endpoint.hpp"
#include "tests/support/temporary_folder.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace chatmesh::test {

enum class proxy_kind { nginx, haproxy };

// Whether that proxy is installed here (scripts/install-dependencies --tests sees to it).
bool is_installed(proxy_kind);

// Starts in the constructor; ends in the destructor. For one thread at a time.
class proxy_process {
public:
  // Listens on a free port of this machine and passes everything on to `backend`, over connections that it keeps and
  // shares between its clients. It answers 403 itself to every path that contains "/customers".
  proxy_process(proxy_kind, std::uint16_t backend);
  // With a configuration of its own, which makes it listen there.
  proxy_process(proxy_kind, const std::string& configuration, endpoint listens);
  ~proxy_process();

  proxy_process(const proxy_process&) = delete;
  proxy_process& operator=(const proxy_process&) = delete;

  endpoint where() const { return where_; }
  std::uint16_t port() const { return where_.port; }

private:
  bool launch(const std::string& configuration);

  proxy_kind kind_;
  temporary_folder folder_;
  endpoint where_;
  pid_t pid_ = -1;
};

}  // namespace chatmesh::test
