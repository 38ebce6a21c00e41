#include "tests/support/server_process.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/wait.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

constexpr std::string_view http_line = "ChatMesh listens on http://";
constexpr std::string_view ops_line = "ChatMesh operations on http://";

std::string binary() {
  const char* named = std::getenv("CHATMESH_BIN");
#ifdef CHATMESH_DEFAULT_BIN
  return named ? named : CHATMESH_DEFAULT_BIN;
#else
  if (!named)
    throw std::runtime_error("CHATMESH_BIN must name the server's binary");
  return named;
#endif
}

// This process's environment, with these in place of those of the same name.
std::vector<std::string> variables_with(const std::vector<std::string>& more) {
  auto all = more;
  for (char** each = environ; *each; ++each) {
    const std::string_view variable{*each};
    const auto name = variable.substr(0, variable.find('=') + 1);
    if (std::ranges::none_of(more, [&](const std::string& other) { return other.starts_with(name); }))
      all.emplace_back(variable);
  }
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (auto& word : words)
    all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

server_process::server_process(std::vector<std::string> options, server_launch how)
    : options_(std::move(options)), how_(std::move(how)) {
  if (how_.start)
    start();
}

server_process::~server_process() {
  if (running())
    kill();
}

void server_process::start() {
  launch();
  try {
    port_ = wait_for_port(std::string{http_line});
    ops_port_ = wait_for_port(std::string{ops_line});
  } catch (...) {
    kill();
    throw;
  }
}

std::string server_process::database_option() const {
  return "--database.url=" + database_url();
}

server_process::command_end server_process::run(std::vector<std::string> words) const {
  words.insert(words.begin(), binary());
  words.push_back(database_option());
  const auto arguments = pointers_to(words);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  const auto pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  command_end end;
  char bytes[4096];
  for (ssize_t n = 0; (n = ::read(ends[0], bytes, sizeof bytes)) > 0;)
    end.output.append(bytes, static_cast<std::size_t>(n));
  ::close(ends[0]);
  int status = 0;
  if (pid < 0 || ::waitpid(pid, &status, 0) < 0)
    throw std::runtime_error("fork");
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

std::vector<std::string> server_process::command() const {
  auto words = how_.wrapper;
  for (auto& word :
       {binary(), "--http.port=" + std::to_string(port_), "--ops.port=" + std::to_string(ops_port_), database_option(),
        std::string{"--limits.rate=off"}, std::string{"--auth.argon2-memory=8KiB"},
        std::string{"--auth.argon2-passes=1"}, "--http.address=" + how_.address, "--ops.address=" + how_.address})
    words.push_back(word);
  words.insert(words.end(), options_.begin(), options_.end());
  return words;
}

int server_process::fail_to_start() {
  launch();
  return wait();
}

void server_process::launch() {
  {
    const std::lock_guard lock{mutex_};
    log_begin_ = log_.size();
    output_ended_ = false;
  }
  auto words = command(), variables = variables_with(how_.environment);
  const auto arguments = pointers_to(words), environment = pointers_to(variables);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0) {
    // Only async-signal-safe calls here: other threads of the test may hold any lock.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    if (how_.network >= 0 && ::setns(how_.network, CLONE_NEWNET) != 0)
      ::_exit(126);
    ::execvpe(arguments[0], arguments.data(), environment.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  if (pid_ < 0) {
    ::close(ends[0]);
    throw std::runtime_error("fork");
  }
  output_ = std::thread{[this, pipe = ends[0]] { read_output(pipe); }};
}

void server_process::read_output(int pipe) {
  char bytes[4096];
  for (;;) {
    const auto n = ::read(pipe, bytes, sizeof bytes);
    if (n < 0 && errno == EINTR)
      continue;
    const std::lock_guard lock{mutex_};
    if (n > 0)
      log_.append(bytes, static_cast<std::size_t>(n));
    output_ended_ = n <= 0;
    printed_.notify_all();
    if (n <= 0)
      break;
  }
  ::close(pipe);
}

std::uint16_t server_process::wait_for_port(const std::string& line_begin) {
  std::unique_lock lock{mutex_};
  std::string line;
  const auto printed = [&] {
    const auto begin = log_.find(line_begin, log_begin_);
    const auto end = begin == std::string::npos ? begin : log_.find('\n', begin);
    if (end != std::string::npos)
      line = log_.substr(begin, end - begin);
    return !line.empty() || output_ended_;
  };
  if (!printed_.wait_for(lock, patience, printed) || line.empty())
    throw std::runtime_error("the server did not print \"" + line_begin + "\" but:\n" + log_.substr(log_begin_));
  return static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
}

void server_process::signal(int number) {
  ::kill(pid_, number);
}

int server_process::wait() {
  // The output ends with the process; waiting for that first gives the wait a limit.
  {
    std::unique_lock lock{mutex_};
    if (!printed_.wait_for(lock, patience, [this] { return output_ended_; })) {
      lock.unlock();
      kill();
      throw timed_out("the end of the server, which printed:\n" + log());
    }
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  output_.join();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int server_process::terminate() {
  signal(SIGTERM);
  return wait();
}

void server_process::kill() {
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  output_.join();
}

bool server_process::ends_within(std::chrono::milliseconds time) const {
  std::unique_lock lock{mutex_};
  return printed_.wait_for(lock, time, [this] { return output_ended_; });
}

std::size_t server_process::open_descriptors() const {
  const std::filesystem::directory_iterator all{"/proc/" + std::to_string(pid_) + "/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

double server_process::metric(const std::string& sample) const {
  http_client listener{ops()};
  const auto text = "\n" + listener.request("GET", "/metrics", {{"Connection", "close"}}).body;
  const auto place = text.find("\n" + sample + " ");
  if (place == std::string::npos)
    throw std::runtime_error("no metric " + sample + " in:" + text);
  return std::stod(text.substr(place + sample.size() + 2));
}

std::string server_process::log() const {
  const std::lock_guard lock{mutex_};
  return log_;
}

}  // namespace chatmesh::test
