#include "bench/load/step_gate.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <stdexcept>

#include <unistd.h>

namespace chatmesh::bench {

step_gate::step_gate(poller& p) {
  p.add(STDIN_FILENO, EPOLLIN, gate_key);
}

void step_gate::arrive(std::string_view phase) {
  std::cout << R"({"at":")" << phase << "\"}" << std::endl;
}

void step_gate::handle() {
  std::array<char, 64> text{};
  const auto n = ::read(STDIN_FILENO, text.data(), text.size());
  if (n <= 0)
    throw std::runtime_error{"standard input ended before the run did"};
  lines_ += static_cast<std::uint64_t>(std::count(text.data(), text.data() + n, '\n'));
}

}  // namespace chatmesh::bench
