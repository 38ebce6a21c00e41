#include "persistence/sql/new_file.hpp"

#include "persistence/settings.hpp"

#include <spdlog/spdlog.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace chatmesh::persistence {

namespace {

[[noreturn]] void fail(const std::string& what, int error = errno) {
  throw database_error(what + ": " + std::generic_category().message(error));
}

void flush_to_disk(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool flushed = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0)
    ::close(file);
  if (!flushed)
    fail("cannot flush " + path, error);
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

void make_folder_of(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(folder_of(path), error);
  if (error)
    throw database_error("cannot create the folder of " + path + ": " + error.message());
}

void give_to_owner(int file, const std::string& path) {
  struct stat found {};
  if (::geteuid() != 0 || (::stat(path.c_str(), &found) != 0 && ::stat(folder_of(path).c_str(), &found) != 0))
    return;
  if (::fchown(file, found.st_uid, found.st_gid) != 0)
    spdlog::warn("cannot give {} to its owner: {}", path, std::generic_category().message(errno));
}

new_file::new_file(std::string target) : target_(std::move(target)), path_(target_ + ".XXXXXX") {
  const int file = ::mkostemp(path_.data(), O_CLOEXEC);  // 0600
  if (file < 0)
    fail("cannot write " + target_);
  give_to_owner(file, target_);
  ::close(file);
}

new_file::~new_file() {
  if (path_.empty())
    return;
  for (const char* suffix : {"", "-journal", "-wal", "-shm"})
    ::unlink((path_ + suffix).c_str());
}

void new_file::flush() const {
  flush_to_disk(path_, O_RDONLY);
}

void new_file::publish(bool replace) {
  flush();
  const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
  if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), flags) != 0)
    fail("cannot write " + target_);
  path_.clear();
  flush_to_disk(folder_of(target_), O_RDONLY | O_DIRECTORY);
}

}  // namespace chatmesh::persistence
