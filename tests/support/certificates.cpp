#include "tests/support/certificates.hpp"

#include "tests/support/child_process.hpp"

#include <initializer_list>
#include <stdexcept>

namespace chatmesh::test {

namespace {

void openssl(std::initializer_list<std::string> arguments) {
  std::vector<std::string> command{"openssl"};
  command.insert(command.end(), arguments);
  if (child_process::status_of(command) != 0)
    throw std::runtime_error("openssl failed");
}

}  // namespace

certificates::certificates(const std::string& authority) {
  openssl({"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
           "/CN=" + authority, "-keyout", file("ca.key"), "-out", file("ca.pem")});
}

std::vector<std::string> certificates::options(const std::string& node) const {
  const auto key = file(node + ".key"), request = file(node + ".csr"), certificate = file(node + ".pem");
  openssl({"req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + node, "-keyout",
           key, "-out", request});
  openssl({"x509", "-req", "-in", request, "-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial", "-days",
           "2", "-out", certificate});
  return {"--cluster.certificate=" + certificate.string(), "--cluster.key=" + key.string(),
          "--cluster.ca=" + file("ca.pem").string()};
}

}  // namespace chatmesh::test
