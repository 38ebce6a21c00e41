// The web files, read once at start and served from memory.
#pragma once

#include "http/router.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace chatmesh::http {

// Immutable; any thread. What is not loaded can't be asked for: there is no path to traverse.
class static_files {
public:
  struct file {
    std::string body;
    std::string content_type;
    std::string etag;
    std::string packed = {};       // the same in gzip; empty where that is not worth it
    std::string packed_etag = {};  // other bytes, another tag
  };

  // Loads every regular file of the folder and its subfolders, but no hidden ones; an empty name loads nothing. Throws
  // std::runtime_error where the folder can't be read, or its files are more than `max_bytes` together.
  static_files(const std::string& folder, std::size_t max_bytes);

  // By the request's decoded path; "/", "/folder/" and "/folder" are their index.html, which therefore
  // names other files by whole paths.
  const file* find(std::string_view path) const;

  // A GET route for each path.
  std::vector<route> routes() const;

private:
  std::map<std::string, file, std::less<>> by_path_;
};

}  // namespace chatmesh::http
