// What a process that writes tells others that only listen: first the companies and the token for them, at the end its
// writes. The files are for their owner alone.
#pragma once

#include "bench/load/channel.hpp"

#include <string>
#include <vector>

namespace chatmesh::bench {

/// A company as requests name it.
struct company_paths {
  std::string events;
  std::string customer;  // the one object that is written
};

/// Everything that it takes to listen to companies.
struct company_set {
  std::string token;
  std::vector<company_paths> paths;
};

/// Writes companies and where each channel begins to a new file. Throws std::system_error.
void write_companies(const std::string& path, const company_set&, const std::vector<channel>&);

/// Places every channel after the event that it begins with. Throws std::exception where the file is none of ours or
/// holds another number of companies.
company_set read_companies(const std::string& path, std::vector<channel>&);

/// The writes of all channels, into a file beside that of the companies. Throws std::system_error.
void write_outcomes(const std::string& path, const std::vector<channel>&);

/// Tells each channel its writes; answers how many events arrived that are none of them. Throws std::exception.
std::uint64_t read_outcomes(const std::string& path, std::vector<channel>&);

}  // namespace chatmesh::bench
