#include "http/static_files.hpp"

#include "http/accept.hpp"
#include "http/auth.hpp"
#include "http/compression.hpp"
#include "http/conditions.hpp"
#include "http/problem.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace chatmesh::http {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view index_name = "index.html";
constexpr std::string_view hashed_folder = "/assets/";    // the bundler puts a hash of the content into these names
constexpr std::string_view widget_script = "/widget.js";  // the one file that other sites load
constexpr std::string_view revalidated = "no-cache";
constexpr std::string_view immutable = "public, max-age=31536000, immutable";
constexpr std::string_view policy =
    "default-src 'self'; img-src 'self' http: https: data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string content_type_of(const fs::path& path) {
  static const std::map<std::string, std::string, std::less<>> types{{".html", "text/html; charset=utf-8"},
                                                                     {".js", "text/javascript; charset=utf-8"},
                                                                     {".mjs", "text/javascript; charset=utf-8"},
                                                                     {".css", "text/css; charset=utf-8"},
                                                                     {".json", "application/json"},
                                                                     {".map", "application/json"},
                                                                     {".webmanifest", "application/manifest+json"},
                                                                     {".svg", "image/svg+xml"},
                                                                     {".png", "image/png"},
                                                                     {".jpg", "image/jpeg"},
                                                                     {".webp", "image/webp"},
                                                                     {".ico", "image/x-icon"},
                                                                     {".woff2", "font/woff2"},
                                                                     {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(path.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

// A hash of the content, so that it is the same after a restart and on every node.
std::string etag_of(const std::string& body) {
  static constexpr std::string_view digits = "0123456789abcdef";
  const auto hash = hash_secret(body);
  std::string result{"\""};
  for (std::size_t i = 0; i < 8; ++i)
    result.append({digits[hash[i] >> 4], digits[hash[i] & 15]});
  return result + "\"";
}

std::string read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string body{std::istreambuf_iterator<char>{in}, {}};
  if (!in)
    throw std::runtime_error("can't read the web file " + path.string());
  return body;
}

bool is_hidden(const fs::path& relative) {
  for (const auto& part : relative) {
    if (part.string().starts_with('.'))
      return true;
  }
  return false;
}

// Braces mean something in a route.
bool is_routable(std::string_view path) {
  return path.find_first_of("{}") == std::string_view::npos;
}

// Images other than SVG and fonts are compressed by their formats.
bool is_text(std::string_view content_type) {
  return content_type.starts_with("text/") || content_type.find("json") != std::string_view::npos ||
         content_type == "image/svg+xml";
}

void pack(static_files::file& f) {
  if (f.body.size() <= compression::least_bytes || !is_text(f.content_type))
    return;
  f.packed = gzip(f.body, compression::file_level);
  f.packed_etag = etag_of(f.packed);
}

asio::awaitable<response> get_file(services& s, request& r) {
  const auto* file = s.files.find(r.path);
  if (!file)
    throw not_found();
  const bool packed = !file->packed.empty() && prefers_gzip(joined_field(r, "Accept-Encoding"));
  const auto& etag = packed ? file->packed_etag : file->etag;
  response result;
  result.headers = {{"ETag", etag}};
  result.headers.emplace_back("Cache-Control", r.path.starts_with(hashed_folder) ? immutable : revalidated);
  if (r.path == widget_script) {
    result.headers.emplace_back("Access-Control-Allow-Origin", "*");
    result.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  }
  if (!file->packed.empty())
    add_vary(result.headers, "Accept-Encoding");
  if (matches_none(r, etag)) {
    result.status = 304;
    co_return result;
  }
  result.content_type = file->content_type;
  result.body = packed ? file->packed : file->body;
  if (packed)
    result.headers.emplace_back("Content-Encoding", "gzip");
  result.headers.emplace_back("Content-Security-Policy", policy);
  result.headers.emplace_back("Referrer-Policy", "same-origin");
  co_return result;
}

}  // namespace

static_files::static_files(const std::string& folder, std::size_t max_bytes) {
  if (folder.empty())
    return;
  std::error_code error;
  std::size_t total = 0;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const auto relative = it->path().lexically_relative(folder);
    const auto path = "/" + relative.generic_string();
    if (is_hidden(relative) || !it->is_regular_file() || !is_routable(path))
      continue;
    total += it->file_size();
    if (total > max_bytes)
      throw std::runtime_error("the web files in " + folder + " are too large");
    file loaded{read_whole(it->path()), content_type_of(relative), {}};
    loaded.etag = etag_of(loaded.body);
    pack(loaded);
    if (relative.filename() == index_name) {
      const auto place = path.substr(0, path.size() - index_name.size());
      by_path_.emplace(place, loaded);
      if (place != "/")
        by_path_.emplace(place.substr(0, place.size() - 1), loaded);
    }
    by_path_.emplace(path, std::move(loaded));
  }
  if (error)
    throw std::runtime_error("can't read the web files in " + folder + ": " + error.message());
}

const static_files::file* static_files::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

std::vector<route> static_files::routes() const {
  std::vector<route> result;
  for (const auto& [path, unused] : by_path_)
    result.push_back({"GET", path, get_file, answer_kind::any});
  return result;
}

}  // namespace chatmesh::http
