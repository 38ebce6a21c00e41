// A file system of a few MiB, to be filled.
#pragma once

#include "tests/support/temporary_folder.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>

namespace chatmesh::test {

// This system lets nobody do that.
struct not_possible : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Seen by this thread and the processes that it starts from now on, and by nobody else: in a mount namespace of their
// own. Throws not_possible. Made before the test has threads.
class small_disk {
public:
  explicit small_disk(std::size_t mib);
  ~small_disk();

  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  const std::filesystem::path& path() const { return folder_.path(); }

  void fill();   // to the last byte
  void empty();  // of what fill() wrote

private:
  temporary_folder folder_;
};

}  // namespace chatmesh::test
