#include "app/web_root.hpp"

#include <spdlog/spdlog.h>

#include <filesystem>

namespace chatmesh::app {

std::string find_web_root() {
  std::error_code error;
  const auto bin = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const auto* place : {"../share/chatmesh/web", "../web/files"}) {  // <prefix>/bin, <build>/app
    const auto folder = (bin / place).lexically_normal();
    if (std::filesystem::is_regular_file(folder / "index.html", error))
      return folder.string();
  }
  spdlog::warn("no web files found; http.web-root names their folder");
  return {};
}

}  // namespace chatmesh::app
