#include "http/refused_stream.hpp"

#include "actors/hub.hpp"

namespace chatmesh::http {

response refused_stream(services& s) {
  response answer;
  answer.content_type = "text/event-stream";
  answer.headers.emplace_back("X-Accel-Buffering", "no");
  answer.body = s.hub.refuse(domain::end_reason::overloaded)->text();
  answer.close = true;
  return answer;
}

}  // namespace chatmesh::http
