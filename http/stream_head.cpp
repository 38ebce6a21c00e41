#include "http/stream_head.hpp"

#include "http/message.hpp"

namespace chatmesh::http {

namespace {

constexpr std::size_t usual_size = 384;

}  // namespace

std::string stream_head(const request& r) {
  std::string head;
  head.reserve(usual_size);
  head += r.http_1_0 ? "HTTP/1.0 200 OK\r\nConnection: close\r\n" : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
  head += "Content-Type: text/event-stream\r\n"
          "Cache-Control: no-store, no-transform\r\n"
          "X-Accel-Buffering: no\r\n"
          "X-Content-Type-Options: nosniff\r\n";
  head += "Date: ";
  head += http_date();
  head += "\r\nX-Request-Id: " + r.request_id;
  for (const auto& [name, value] : r.answer_headers)
    head.append("\r\n").append(name).append(": ").append(value);
  head += "\r\n\r\n";
  return head;
}

}  // namespace chatmesh::http
