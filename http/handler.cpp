#include "http/handler.hpp"

#include "http/problem.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>

namespace chatmesh::http {

std::optional<std::string_view> request::header(std::string_view name) const {
  const auto found = std::ranges::find_if(headers,
                                          [name](const auto& each) { return boost::beast::iequals(each.first, name); });
  if (found == headers.end())
    return std::nullopt;
  return found->second;
}

std::optional<std::string_view> request::query(std::string_view name) const {
  std::optional<std::string_view> result;
  for (const auto& [key, value] : query_items) {
    if (key != name)
      continue;
    if (result)
      throw malformed_request("The query parameter `" + key + "` is given more than once.");
    result = value;
  }
  return result;
}

std::string_view request::segment(std::string_view name) const {
  const auto found = std::ranges::find(path_items, name, [](const auto& each) { return each.first; });
  return found == path_items.end() ? std::string_view{} : std::string_view{found->second};
}

domain::id request::segment_id(std::string_view name) const {
  const auto parsed = domain::id::parse(segment(name));
  if (!parsed)
    throw not_found();
  return *parsed;
}

asio::awaitable<persistence::written> write(services& s, persistence::write_request request) {
  using outcome = std::shared_ptr<persistence::write_outcome>;
  auto start = [&s, &request](auto resumer) {
    s.writer.submit(std::move(request), [resumer](persistence::write_outcome done) {
      resumer.resume(std::make_shared<persistence::write_outcome>(std::move(done)));
    });
  };
  const auto done = co_await detail::suspend<outcome>(start);
  if (const auto* refused = std::get_if<persistence::refused>(done.get()))
    throw to_problem(*refused);
  co_return std::get<persistence::written>(std::move(*done));
}

}  // namespace chatmesh::http
