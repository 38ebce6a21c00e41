// What a verification has found: every fault counted, the first ones printed.
#pragma once

#include "persistence/verify.hpp"

#include <string>

namespace chatmesh::persistence {

class fault_list {
public:
  explicit fault_list(const std::function<void(const std::string&)>& print) : print_(print) {}

  // Of which company the next ones are; empty: of none.
  void begin(const std::string& company) { company_ = company; }

  void add(const std::string& what) {
    if (++count_ > max_named_faults)
      return;
    print_("fault: " + (company_.empty() ? what : "company " + company_ + ": " + what));
  }

  std::uint64_t count() const { return count_; }

private:
  const std::function<void(const std::string&)>& print_;
  std::string company_;
  std::uint64_t count_ = 0;
};

}  // namespace chatmesh::persistence
