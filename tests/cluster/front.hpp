// A reverse proxy before the nodes, with the very configuration that deploy/ has: TLS and HTTP/2 outside.
#pragma once

#include "tests/cluster/network.hpp"
#include "tests/support/proxy_process.hpp"
#include "tests/support/temporary_folder.hpp"

#include <optional>
#include <string>

namespace chatmesh::test {

// It runs beside the clients, with the nodes' addresses in place of those that the file names. Since these clients
// speak neither TLS nor HTTP/2, another proxy stands before it that does: all that they say goes through both.
class front {
public:
  front(proxy_kind, const network&);

  endpoint where() const { return before_->where(); }  // plain HTTP/1.1
  std::string url() const { return "https://localhost"; }

  // What curl prints of that URL, given such options.
  std::string curl(const std::string& options) const;

private:
  temporary_folder folder_;
  std::optional<proxy_process> deployed_, before_;
};

}  // namespace chatmesh::test
