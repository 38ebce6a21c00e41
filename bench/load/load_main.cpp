#include "bench/load/load_run.hpp"

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
  using namespace chatmesh::bench;
  try {
    flags f{argc, argv};
    if (f.on("help")) {
      std::cout << load_usage;
      return 0;
    }
    const auto s = read_settings(f);
    load_run run{s};
    run.run();
    std::cout << run.report().text() << std::endl;
    return 0;
  } catch (const std::exception& fault) {
    std::cerr << "load: " << fault.what() << '\n';
    return 1;
  }
}
