// What a client holds that follows protocol §4's client rules: loaded from lists or a snapshot, kept by events.
#pragma once

#include "tests/support/sse_parser.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace chatmesh::test {

class replica {
public:
  // Items of a list page, or of a part of a snapshot, that were read at `cursor`.
  void load(const std::string& entity, const json& items, const std::string& cursor);
  void load_snapshot(const json& snapshot);

  // The `data` of an event. Throws format_error where it can't follow what was held (an update of a version that is no
  // successor, a second creation).
  void apply(const json& event);

  // All of one entity ("company", "employee", "customer", "note", "message"), by id, with the present details of the
  // employees that are embedded; removed employees and what was deleted left out.
  json items(const std::string& entity) const;

  // The latest message of each customer that has one, by id.
  json latest_messages() const;

private:
  using objects = std::map<std::string, json>;

  void learn_embedded(const json& object);
  void learn_employee(const json& employee);
  void keep_newer(const std::string& entity, const json& object);
  void remove(const std::string& entity, const json& object, std::uint64_t seq);
  json with_present_details(json object) const;

  std::map<std::string, objects> held_;              // but for employees
  objects employees_;                                // all known ones, with the removed
  std::map<std::string, std::uint64_t> tombstones_;  // id -> seq of its end
};

// The items of a list by id, to compare with items().
json by_id(const json& items);

}  // namespace chatmesh::test
