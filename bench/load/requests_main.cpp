#include "bench/load/requests.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace chatmesh::bench;
  try {
    flags f{argc, argv};
    if (f.on("help")) {
      std::cout << requests_usage;
      return 0;
    }
    std::cout << run_requests(f).text() << std::endl;
    return 0;
  } catch (const std::exception& fault) {
    std::cerr << "requests: " << fault.what() << '\n';
    return 1;
  }
}
