#include "tests/support/faults_inside.hpp"

#include <cstdlib>
#include <new>
#include <sstream>
#include <stdexcept>

#include <sys/mman.h>
#include <unistd.h>

namespace chatmesh::test {

faults_inside::faults_inside() {
  auto name = (std::filesystem::temp_directory_path() / "chatmesh-faults-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0 || ::ftruncate(file, sizeof(fault_page)) != 0)
    throw std::runtime_error("no file for the fault page");
  file_ = name;
  void* const memory = ::mmap(nullptr, sizeof(fault_page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ::close(file);
  if (memory == MAP_FAILED)
    throw std::runtime_error("the fault page can't be mapped");
  page_ = new (memory) fault_page{};
}

faults_inside::~faults_inside() {
  ::munmap(page_, sizeof(fault_page));
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

std::vector<std::string> faults_inside::environment() const {
  // The sanitizer's runtime wants to be first; it need not be for a library that it does not look into.
  const char* given = std::getenv("ASAN_OPTIONS");
  std::ostringstream sanitizer, page;
  sanitizer << "ASAN_OPTIONS=verify_asan_link_order=0" << (given ? ":" : "") << (given ? given : "");
  page << fault_page_variable << "=" << file_.string();
  return {"LD_PRELOAD=" CHATMESH_FAULT_LIBRARY, page.str(), sanitizer.str()};
}

void faults_inside::fail(std::initializer_list<operation> all, int error) {
  for (const operation each : all)
    of(each).error = error;
}

void faults_inside::hold(operation o) {
  of(o).held = true;
}

void faults_inside::pass() {
  for (fault_switch& each : page_->switches) {
    each.fuse = 0;
    each.error = 0;
    each.held = false;
  }
}

}  // namespace chatmesh::test
