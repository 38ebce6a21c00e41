// The fault library from the test's side: makes the server's database fail as the test says.
#pragma once

#include "tests/support/fault_page.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chatmesh::test {

// Owns the page. Give environment() to the server; what is set here then holds at once in it, and in those that are
// started after it. Thread-safe.
class faults_inside {
public:
  faults_inside();
  ~faults_inside();

  faults_inside(const faults_inside&) = delete;
  faults_inside& operator=(const faults_inside&) = delete;

  std::vector<std::string> environment() const;

  fault_page& page() const { return *page_; }
  fault_switch& of(operation o) const { return page_->at(o); }

  // From now on all of these fail so, until pass().
  void fail(std::initializer_list<operation>, int error);
  // Those that are held wait, and so does whoever asked for them, until pass().
  void hold(operation);
  // No faults, no holds, no fuses.
  void pass();

private:
  std::filesystem::path file_;
  fault_page* page_;
};

}  // namespace chatmesh::test
