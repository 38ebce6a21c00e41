// From a method and a path to its handler.
#pragma once

#include "http/handler.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::http {

// What a route answers with where it succeeds; a client whose Accept excludes it gets 406.
enum class answer_kind : std::uint8_t {
  json,
  events,  // text/event-stream: a refusal for now is told in the stream, so it is routed while the server drains
  any      // files, metrics: no negotiation
};

struct route {
  std::string method;
  std::string
      pattern;  // "/api/v1/companies/{c}/customers/{id}": a segment in braces takes any one segment that isn't empty
  handler run = nullptr;
  answer_kind answers = answer_kind::json;
  std::size_t body_bytes = 0;  // that it takes, also where http.max-body-bytes is less
};

// Immutable; any thread. A literal segment wins over one in braces. Finding a route takes one step per segment.
class router {
public:
  // Throws std::invalid_argument for a route that is given twice.
  explicit router(std::vector<route>);

  // The route for the request's method (HEAD finds GET's); fills request.path_items. Nothing for OPTIONS of a path that
  // has no handler of its own for it: see allow(). Throws problem 404, 405 with Allow, and 501 for a method that no
  // route has.
  const route* find(request&, const std::vector<std::string>& segments) const;

  // The value of Allow for the path of that request: "GET, HEAD, OPTIONS, PUT".
  std::string allow(const std::vector<std::string>& segments) const;

  // The most that a request with that first line may have as its body; `usual` is what any may have.
  std::size_t body_limit(std::string_view method, std::string_view target, std::size_t usual) const;

  const std::vector<route>& routes() const { return routes_; }

private:
  struct node {
    std::map<std::string, std::unique_ptr<node>, std::less<>> literals;
    std::unique_ptr<node> any;
    std::map<std::string, const route*> by_method;
  };

  // Nothing: no such path. `each_any` gets the segments that braces took, in order.
  const node* walk(const std::vector<std::string>& segments, std::vector<std::string>* taken) const;

  std::vector<route> routes_;
  std::size_t most_body_bytes_ = 0;  // of them
  node root_;
};

}  // namespace chatmesh::http
