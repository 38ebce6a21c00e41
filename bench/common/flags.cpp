#include "bench/common/flags.hpp"

#include <charconv>
#include <stdexcept>

namespace chatmesh::bench {

flags::flags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument{argv[i]};
    if (!argument.starts_with("--"))
      throw std::invalid_argument{"not a flag: " + std::string{argument}};
    const auto equals = argument.find('=');
    const std::string name{argument.substr(2, equals == std::string_view::npos ? equals : equals - 2)};
    if (equals != std::string_view::npos)
      values_[name].text = argument.substr(equals + 1);
    else if (i + 1 < argc && !std::string_view{argv[i + 1]}.starts_with("--"))
      values_[name].text = argv[++i];
    else
      values_[name].text = "on";
  }
}

const std::string* flags::find(std::string_view name) {
  const auto found = values_.find(name);
  if (found == values_.end())
    return nullptr;
  found->second.asked = true;
  return &found->second.text;
}

std::string flags::text(std::string_view name, std::string_view otherwise) {
  const auto* found = find(name);
  return found != nullptr ? *found : std::string{otherwise};
}

double flags::number(std::string_view name, double otherwise) {
  const auto* found = find(name);
  if (found == nullptr)
    return otherwise;
  double result = 0;
  const auto [end, error] = std::from_chars(found->data(), found->data() + found->size(), result);
  if (error != std::errc{} || end != found->data() + found->size() || result < 0)
    throw std::invalid_argument{"--" + std::string{name} + " needs a number"};
  return result;
}

std::uint64_t flags::count(std::string_view name, std::uint64_t otherwise) {
  return static_cast<std::uint64_t>(number(name, static_cast<double>(otherwise)));
}

bool flags::on(std::string_view name) {
  const auto* found = find(name);
  return found != nullptr && *found != "off";
}

std::vector<std::string> flags::list(std::string_view name) {
  std::vector<std::string> result;
  const auto* found = find(name);
  if (found == nullptr || found->empty())
    return result;
  for (std::size_t begin = 0; begin <= found->size();) {
    const auto comma = std::min(found->find(',', begin), found->size());
    result.push_back(found->substr(begin, comma - begin));
    begin = comma + 1;
  }
  return result;
}

void flags::reject_unknown() const {
  for (const auto& [name, entry] : values_) {
    if (!entry.asked)
      throw std::invalid_argument{"unknown flag --" + name};
  }
}

}  // namespace chatmesh::bench
