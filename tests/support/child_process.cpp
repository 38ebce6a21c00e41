#include "tests/support/child_process.hpp"

#include "tests/support/wait.hpp"

#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

// Becomes the program, with these as its standard input and output; between fork and exec.
[[noreturn]] void become(const std::vector<char*>& words, int input, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::execvp(words.front(), words.data());
  ::_exit(127);
}

std::vector<char*> pointers_to(std::vector<std::string>& command) {
  std::vector<char*> words;
  for (auto& word : command)
    words.push_back(word.data());
  words.push_back(nullptr);
  return words;
}

}  // namespace

child_process::child_process(std::vector<std::string> command) {
  const auto words = pointers_to(command);
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ == 0)
    become(words, in[0], out[1]);
  ::close(in[0]);
  ::close(out[1]);
  input_ = in[1];
  output_ = out[0];
}

child_process::~child_process() {
  ::close(input_);
  ::close(output_);
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void child_process::say(const std::string& text) {
  if (::write(input_, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("the child takes no input");
}

void child_process::wait_for_line(const std::string& expected) {
  std::string said;
  while (said.find(expected + "\n") == std::string::npos) {
    pollfd ready{output_, POLLIN, 0};
    char bytes[512];
    const bool any = ::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) > 0;
    const auto n = any ? ::read(output_, bytes, sizeof bytes) : 0;
    if (n <= 0)
      throw timed_out(expected + " from a child, which said: " + said);
    said.append(bytes, static_cast<std::size_t>(n));
  }
}

int child_process::status_of(std::vector<std::string> command) {
  const auto words = pointers_to(command);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR);
    ::dup2(nothing, STDERR_FILENO);
    become(words, nothing, nothing);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace chatmesh::test
