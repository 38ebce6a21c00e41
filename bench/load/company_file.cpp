#include "bench/load/company_file.hpp"

#include "bench/common/sockets.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace chatmesh::bench {

namespace {

using nlohmann::json;

void write_private(const std::string& path, const json& content) {
  const auto text = content.dump();
  const unique_fd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  for (std::size_t done = 0; fd.open() && done < text.size();) {
    const auto n = ::write(fd.get(), text.data() + done, text.size() - done);
    if (n <= 0)
      throw std::system_error{errno, std::generic_category(), path};
    done += static_cast<std::size_t>(n);
  }
  if (!fd.open())
    throw std::system_error{errno, std::generic_category(), path};
}

// `name` in it is an array with an element for each channel.
json read_file(const std::string& path, const char* name, std::size_t channels) {
  std::ifstream in{path};
  auto content = json::parse(in);
  if (content.at(name).size() != channels)
    throw std::runtime_error{path + " is of " + std::to_string(content.at(name).size()) + " companies"};
  return content;
}

std::string outcomes_path(const std::string& path) {
  return path + ".writes";
}

}  // namespace

void write_companies(const std::string& path, const company_set& set, const std::vector<channel>& channels) {
  auto companies = json::array();
  for (std::size_t i = 0; i < channels.size(); ++i)
    companies.push_back({{"events", set.paths[i].events},
                         {"customer", set.paths[i].customer},
                         {"epoch", channels[i].epoch},
                         {"base_seq", channels[i].base_seq}});
  write_private(path, {{"token", set.token}, {"companies", companies}});
}

company_set read_companies(const std::string& path, std::vector<channel>& channels) {
  const auto content = read_file(path, "companies", channels.size());
  company_set set;
  set.token = content.at("token");
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const auto& one = content.at("companies")[i];
    set.paths.push_back({one.at("events"), one.at("customer")});
    channels[i].epoch = one.at("epoch");
    channels[i].base_seq = one.at("base_seq");
    channels[i].written_elsewhere = true;
  }
  return set;
}

void write_outcomes(const std::string& path, const std::vector<channel>& channels) {
  auto writes = json::array();
  for (const auto& c : channels)
    writes.push_back(c.seqs());
  write_private(outcomes_path(path), {{"writes", writes}});
}

std::uint64_t read_outcomes(const std::string& path, std::vector<channel>& channels) {
  const auto content = read_file(outcomes_path(path), "writes", channels.size());
  std::uint64_t strangers = 0;
  for (std::size_t i = 0; i < channels.size(); ++i)
    strangers += channels[i].learn_writes(content.at("writes")[i].get<std::vector<std::uint64_t>>());
  return strangers;
}

}  // namespace chatmesh::bench
