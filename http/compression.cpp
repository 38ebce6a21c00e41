#include "http/compression.hpp"

#include "http/accept.hpp"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <new>
#include <stdexcept>

namespace chatmesh::http {

namespace {

constexpr int gzip_window = MAX_WBITS + 16;  // zlib's way to ask for gzip's header
constexpr int memory_level = 8;              // zlib's default

// A tag stands for bytes: objects have one, and their answers are never compressed.
bool may_be_compressed(const request& r, const route& found, const response& answer) {
  return (r.method == "GET" || r.method == "HEAD") && found.answers == answer_kind::json && answer.status == 200 &&
         !answer.take_over &&
         std::ranges::none_of(answer.headers, [](const auto& each) { return each.first == "ETag"; });
}

}  // namespace

std::string gzip(std::string_view text, int level) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc{};
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<const Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (done != Z_STREAM_END)
    throw std::logic_error("deflateBound() was too small");
  return packed;
}

bool negotiate_coding(const request& r, const route& found, response& answer) {
  if (!may_be_compressed(r, found, answer))
    return false;
  add_vary(answer.headers, "Accept-Encoding");
  const auto size = answer.body.size();
  return size > compression::least_bytes && size <= compression::most_bytes &&
         prefers_gzip(joined_field(r, "Accept-Encoding"));
}

asio::awaitable<void> compress(services& s, response& answer) {
  const auto plain = std::make_shared<const std::string>(std::move(answer.body));
  try {
    auto job = [plain](persistence::stores&) { return gzip(*plain, compression::answer_level); };
    answer.body = co_await read(s, std::move(job));
    answer.headers.emplace_back("Content-Encoding", "gzip");
  } catch (const problem&) {
    answer.body = *plain;
  }
}

}  // namespace chatmesh::http
