#include "persistence/database_lock.hpp"

#include "persistence/sql/new_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace chatmesh::persistence {

database_lock::database_lock(const settings& s) {
  if (s.database.kind != database_kind::sqlite)
    return;
  const std::string& database = s.database.place;
  make_folder_of(database);
  const std::string name = database + ".lock";
  file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0)
    throw database_error("cannot open " + name + ": " + std::generic_category().message(errno));
  give_to_owner(file_, database);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0)
    return;
  const int error = errno;
  ::close(file_);
  throw database_error(error == EWOULDBLOCK ? database + " is in use by another ChatMesh process"
                                            : "cannot lock " + name + ": " + std::generic_category().message(error));
}

database_lock::~database_lock() {
  if (file_ >= 0)
    ::close(file_);
}

}  // namespace chatmesh::persistence
