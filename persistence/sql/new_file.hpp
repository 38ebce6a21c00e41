// A file that has its name only when it is whole and on disk.
#pragma once

#include <string>

namespace chatmesh::persistence {

// Throws database_error.
void make_folder_of(const std::string& path);

// What root makes belongs to whom the file of that name belongs or, where there is none, its folder: the server that is
// to use it may be another user. For others nothing to do.
void give_to_owner(int file, const std::string& path);

class new_file {
public:
  // Makes an empty file beside `target`, readable by its owner alone, who is that of give_to_owner(). Throws
  // database_error.
  explicit new_file(std::string target);
  ~new_file();  // removes it, and what SQLite has put beside it, unless it was published

  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;

  const std::string& path() const { return path_; }

  // What is in it by now is on disk. Throws database_error.
  void flush() const;

  // Flushes it and gives it its name, in one step. Throws database_error, where there is such a file and `replace` is
  // false too.
  void publish(bool replace);

private:
  std::string target_, path_;
};

}  // namespace chatmesh::persistence
