// raw --port=N --send=send|uring [--linger-us=N]: the floor that bench/run measures everything against.
#include "bench/common/flags.hpp"
#include "bench/raw/hub.hpp"

#include <exception>
#include <iostream>
#include <stdexcept>

int main(int argc, char** argv) {
  using namespace chatmesh::bench;
  try {
    flags f{argc, argv};
    hub_options options;
    options.listen = parse_endpoint(f.text("port", "8101"));
    options.linger_us = f.count("linger-us", 0);
    const auto send = f.text("send", "send");
    f.reject_unknown();
    if (send != "send" && send != "uring")
      throw std::invalid_argument{"--send is send or uring"};
    raise_descriptor_limit();
    hub{options, send == "uring" ? make_uring_fan_out() : make_send_fan_out()}.run();
  } catch (const std::exception& fault) {
    std::cerr << "raw: " << fault.what() << '\n';
    return 1;
  }
}
