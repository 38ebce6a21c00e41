// Another program that a test talks to by lines.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace chatmesh::test {

// Starts in the constructor, found by PATH; killed in the destructor if it still runs. For one thread.
class child_process {
public:
  explicit child_process(std::vector<std::string> command);
  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  void say(const std::string& text);                // to its standard input
  void wait_for_line(const std::string& expected);  // of its standard output; throws timed_out

  // Runs a program to its end, without input; its exit status, 127 where there is none of that name.
  static int status_of(std::vector<std::string> command);

private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace chatmesh::test
