// The strict parser of request bodies. Its cost is linear in the body, whatever the body is: nothing here recurses, and
// no member is looked up while an object is built (ordered_json would search it from the front each time).
#include "domain/codec.hpp"

#include <algorithm>

namespace chatmesh::domain {

namespace {

// Receives the parser's events (nlohmann's SAX interface) and builds the value. Every member answers whether to go on.
class builder {
public:
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(json::number_integer_t value) { return add(value); }
  bool number_unsigned(json::number_unsigned_t value) { return add(value); }
  // The parser makes floats of integers that are too large, too; their text has neither point nor exponent.
  bool number_float(json::number_float_t value, const std::string& text) {
    return text.find_first_of(".eE") == std::string::npos ? add(json::binary({})) : add(value);
  }
  bool binary(json::binary_t& /*value*/) { return stop("the body is not JSON"); }

  bool string(std::string& value) {
    if (value.find('\0') != std::string::npos)
      return stop("a string contains NUL");
    return add(std::move(value));
  }

  bool start_object(std::size_t /*size*/) { return open(true); }
  bool start_array(std::size_t /*size*/) { return levels_.empty() ? stop(not_an_object) : open(false); }

  bool key(std::string& name) {
    auto& members = levels_.back().members;
    if (name.find('\0') != std::string::npos)
      return stop("a member's name contains NUL");
    if (members.size() == max_json_members)
      return stop("an object has too many members");
    members.emplace_back(std::move(name), nullptr);
    return true;
  }

  bool end_object() {
    auto members = std::move(levels_.back().members);
    if (names_twice(members))
      return stop("an object names a member twice");
    json::object_t object;
    object.reserve(members.size());
    for (auto& [name, value] : members)
      object.emplace_back(std::move(name), std::move(value));
    return close(std::move(object));
  }

  bool end_array() { return close(std::move(levels_.back().elements)); }

  bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::detail::exception& /*error*/) {
    // Not the parser's own text: it quotes the body, which may hold a password.
    return stop("the body is not valid JSON (at byte " + std::to_string(position) + ")");
  }

  const std::string& why() const { return why_; }
  json take() { return std::move(root_); }

private:
  using member = std::pair<std::string, json>;

  // One object or array that is not closed yet.
  struct level {
    bool is_object;
    std::vector<member> members;
    json::array_t elements;
  };

  static constexpr const char* not_an_object = "the body is not a JSON object";

  static bool names_twice(const std::vector<member>& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const auto& m : members)
      names.emplace_back(m.first);
    std::sort(names.begin(), names.end());
    return std::adjacent_find(names.begin(), names.end()) != names.end();
  }

  bool stop(std::string why) {
    why_ = std::move(why);
    return false;
  }

  bool open(bool is_object) {
    if (levels_.size() == max_json_depth)
      return stop("the body is nested too deeply");
    levels_.push_back({is_object, {}, {}});
    return true;
  }

  bool close(json value) {
    levels_.pop_back();
    if (!levels_.empty())
      return add(std::move(value));
    root_ = std::move(value);
    return true;
  }

  bool add(json value) {
    if (levels_.empty())
      return stop(not_an_object);
    auto& parent = levels_.back();
    if (parent.is_object)
      parent.members.back().second = std::move(value);
    else
      parent.elements.push_back(std::move(value));
    return true;
  }

  std::vector<level> levels_;
  json root_;
  std::string why_;
};

}  // namespace

bool is_huge_integer(const json& value) {
  return value.is_binary();
}

json parse_object(std::string_view body) {
  // The parser takes a NUL byte for the end of its input and would not look at what follows.
  if (body.find('\0') != std::string_view::npos)
    throw malformed("the body contains NUL");
  // It would pass over a byte order mark, which JSON on the network must not begin with (RFC 8259 §8.1).
  if (body.starts_with("\xEF\xBB\xBF"))
    throw malformed("the body begins with a byte order mark");
  builder build;
  if (!json::sax_parse(body.begin(), body.end(), &build))
    throw malformed(build.why());
  return build.take();
}

}  // namespace chatmesh::domain
