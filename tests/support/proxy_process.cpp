#include "tests/support/proxy_process.hpp"

#include "tests/support/socket.hpp"
#include "tests/support/wait.hpp"

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

constexpr int attempts = 10;  // somebody else may take the port between our look and the proxy's

std::string program_of(proxy_kind kind) {
  return kind == proxy_kind::nginx ? "/usr/sbin/nginx" : "/usr/sbin/haproxy";
}

std::string nginx_configuration(const std::string& folder, const std::string& port, const std::string& backend) {
  std::string paths;
  for (const std::string name : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    paths += "  " + name + "_temp_path " + folder + "/" + name + ";\n";
  return "master_process off;\nworker_processes 1;\npid " + folder + "/pid;\nerror_log stderr crit;\n" +
         "events { worker_connections 256; }\nhttp {\n  access_log off;\n" + paths +
         "  upstream chatmesh { server 127.0.0.1:" + backend + "; keepalive 4; }\n" +
         "  server {\n    listen 127.0.0.1:" + port + ";\n" +
         "    location ~ /customers { return 403; }\n"
         "    location / {\n      proxy_pass http://chatmesh;\n      proxy_http_version 1.1;\n"
         "      proxy_set_header Connection \"\";\n      proxy_set_header Host $http_host;\n"
         "      proxy_request_buffering off;\n    }\n  }\n}\n";
}

std::string haproxy_configuration(const std::string& port, const std::string& backend) {
  return "global\n  nbthread 1\n  maxconn 256\ndefaults\n  mode http\n  option http-keep-alive\n  http-reuse always\n"
         "  timeout connect 60s\n  timeout client 60s\n  timeout server 60s\n"
         "frontend public\n  bind 127.0.0.1:" +
         port +
         "\n  http-request deny deny_status 403 if { path_sub /customers }\n  default_backend chatmesh\n"
         "backend chatmesh\n  server one 127.0.0.1:" +
         backend + "\n";
}

}  // namespace

bool is_installed(proxy_kind kind) {
  return ::access(program_of(kind).c_str(), X_OK) == 0;
}

proxy_process::proxy_process(proxy_kind kind, std::uint16_t backend) : kind_(kind), where_(0) {
  for (int i = 0; i < attempts; ++i) {
    where_ = free_port();
    const auto to = std::to_string(backend), from = std::to_string(where_.port);
    if (launch(kind == proxy_kind::nginx ? nginx_configuration(folder_.path().string(), from, to)
                                         : haproxy_configuration(from, to)))
      return;
  }
  throw std::runtime_error(program_of(kind) + " does not start");
}

proxy_process::proxy_process(proxy_kind kind, const std::string& configuration, endpoint listens)
    : kind_(kind), where_(std::move(listens)) {
  if (!launch(configuration))
    throw std::runtime_error(program_of(kind) + " does not start");
}

proxy_process::~proxy_process() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);  // at once, and with its workers
    ::waitpid(pid_, nullptr, 0);
  }
}

// False where it ended instead of listening.
bool proxy_process::launch(const std::string& configuration) {
  const auto file = (folder_.path() / "configuration").string();
  std::ofstream{file} << configuration;
  std::vector<std::string> words{program_of(kind_)};
  if (kind_ == proxy_kind::nginx)
    words.insert(words.end(), {"-p", folder_.path().string(), "-e", "stderr", "-g", "daemon off;", "-c", file});
  else
    words.insert(words.end(), {"-q", "-db", "-f", file});
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  if (pid_ < 0)
    throw std::runtime_error("fork");
  bool listens = false;
  eventually("the proxy", [&] {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return true;
    }
    try {
      const socket probe{where_};
      listens = true;
    } catch (const connection_lost&) {
      // not yet
    }
    return listens;
  });
  return listens && pid_ > 0;
}

}  // namespace chatmesh::test
