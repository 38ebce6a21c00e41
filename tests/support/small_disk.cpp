#include "tests/support/small_disk.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

void write_file(const char* file, const std::string& text) {
  std::ofstream{file} << text;
}

// As root at once; anybody else becomes the owner of a user namespace first, under its own number.
bool enter_namespace() {
  if (::unshare(CLONE_NEWNS) == 0)
    return true;
  const auto user = std::to_string(::geteuid()), group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return false;
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", user + " " + user + " 1");
  write_file("/proc/self/gid_map", group + " " + group + " 1");
  return true;
}

}  // namespace

small_disk::small_disk(std::size_t mib) {
  const auto size = "mode=0777,size=" + std::to_string(mib) + "m";
  if (!enter_namespace() || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", path().c_str(), "tmpfs", 0, size.c_str()) != 0)
    throw not_possible(std::string{"no mount namespace: "} + std::strerror(errno));
}

small_disk::~small_disk() {
  ::umount2(path().c_str(), MNT_DETACH);
}

void small_disk::fill() {
  const auto room = std::filesystem::space(path()).free;
  std::ofstream{path() / "ballast"} << std::string(room, 'x') << std::flush << std::string(4096, 'x');
}

void small_disk::empty() {
  std::filesystem::remove(path() / "ballast");
}

}  // namespace chatmesh::test
