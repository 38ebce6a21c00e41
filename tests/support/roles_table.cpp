#include "tests/support/roles_table.hpp"

#include <fstream>
#include <stdexcept>

namespace chatmesh::test {

namespace {

std::string trim(const std::string& text) {
  const auto begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// "| a | b |" -> a, b
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1, end = 0; (end = line.find('|', at)) != std::string::npos; at = end + 1)
    cells.push_back(trim(line.substr(at, end - at)));
  return cells;
}

role_row read_row(const std::vector<std::string>& names, const std::vector<std::string>& cells) {
  const auto space = cells.at(0).find(' ');
  if (cells.size() != names.size() || space == std::string::npos)
    throw std::runtime_error("a row of roles.md can't be read: " + cells.at(0));
  role_row row{cells[0].substr(0, space), cells[0].substr(space + 1), cells[1], {}};
  for (std::size_t i = 2; i < cells.size(); ++i)
    if (cells[i] != "-")
      row.answers[names[i]] = std::stoi(cells[i]);
  return row;
}

}  // namespace

std::vector<role_row> read_roles_page() {
  std::ifstream page{CHATMESH_ROLES};
  std::vector<role_row> rows;
  std::vector<std::string> names;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("|"))
      names.clear();
    else if (line.starts_with("| route |"))
      names = cells_of(line);
    else if (!names.empty() && !line.starts_with("|---"))
      rows.push_back(read_row(names, cells_of(line)));
  }
  if (rows.empty())
    throw std::runtime_error("no table of routes in " CHATMESH_ROLES);
  return rows;
}

}  // namespace chatmesh::test
