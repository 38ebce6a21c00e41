#include "http/router.hpp"

#include "http/problem.hpp"
#include "http/target.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

namespace chatmesh::http {

namespace {

constexpr std::array known_methods{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"};

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

// Calls `each` with every segment of a pattern.
template <class Each>
void split_pattern(std::string_view pattern, Each each) {
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    const auto end = std::min(pattern.find('/'), pattern.size());
    each(pattern.substr(0, end));
    pattern.remove_prefix(end);
  }
}

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
  for (const auto& each : routes_) {
    most_body_bytes_ = std::max(most_body_bytes_, each.body_bytes);
    auto* at = &root_;
    split_pattern(each.pattern, [&at](std::string_view segment) {
      auto& next = is_parameter(segment) ? at->any : at->literals[std::string{segment}];
      if (!next)
        next = std::make_unique<node>();
      at = next.get();
    });
    if (!at->by_method.emplace(each.method, &each).second) {
      throw std::invalid_argument("two routes for " + each.method + " " + each.pattern);
    }
  }
}

const router::node* router::walk(const std::vector<std::string>& segments, std::vector<std::string>* taken) const {
  const auto* at = &root_;
  for (const auto& segment : segments) {
    if (const auto literal = at->literals.find(segment); literal != at->literals.end()) {
      at = literal->second.get();
    } else if (at->any && !segment.empty()) {
      if (taken)
        taken->push_back(segment);
      at = at->any.get();
    } else {
      return nullptr;
    }
  }
  return at->by_method.empty() ? nullptr : at;
}

const route* router::find(request& r, const std::vector<std::string>& segments) const {
  if (std::ranges::find(known_methods, r.method) == known_methods.end()) {
    throw problem{501, "not_implemented", "This server does not know the method."};
  }
  std::vector<std::string> taken;
  taken.reserve(segments.size());
  const auto* at = walk(segments, &taken);
  if (!at)
    throw not_found();
  auto found = at->by_method.find(r.method);
  if (found == at->by_method.end() && r.method == "HEAD")
    found = at->by_method.find("GET");
  if (found == at->by_method.end()) {
    if (r.method == "OPTIONS")
      return nullptr;
    problem refused{405, "method_not_allowed", "This resource does not have that method."};
    refused.headers.emplace_back("Allow", allow(segments));
    throw refused;
  }
  r.path_items.clear();
  split_pattern(found->second->pattern, [&](std::string_view name) {
    if (is_parameter(name))
      r.path_items.emplace_back(name.substr(1, name.size() - 2), std::move(taken[r.path_items.size()]));
  });
  return found->second;
}

std::size_t router::body_limit(std::string_view method, std::string_view target, std::size_t usual) const {
  if (usual >= most_body_bytes_)
    return usual;
  try {
    if (const auto* at = walk(parse_target(target).segments, nullptr)) {
      const auto found = at->by_method.find(std::string{method});
      return found == at->by_method.end() ? usual : std::max(usual, found->second->body_bytes);
    }
    return usual;
  } catch (const problem&) {
    return usual;  // what is wrong with it is told when it is routed
  }
}

std::string router::allow(const std::vector<std::string>& segments) const {
  const auto* at = walk(segments, nullptr);
  if (!at)
    return {};
  std::set<std::string> methods{"OPTIONS"};
  for (const auto& [method, unused] : at->by_method) {
    methods.insert(method);
    if (method == "GET")
      methods.insert("HEAD");
  }
  std::string result;
  for (const auto& method : methods)
    result.append(result.empty() ? "" : ", ").append(method);
  return result;
}

}  // namespace chatmesh::http
