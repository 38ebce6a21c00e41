// The marks by which pages of customers go on from each other, where these are not in the order of their ids.
#pragma once

#include "persistence/stores.hpp"

#include <string>

namespace chatmesh::persistence {

struct activity_mark {
  domain::timestamp at;
  std::string id;
};
struct name_mark {
  std::string key;
  std::string id;
};

// What a page begins behind; before all where none is asked for. Throw domain::malformed for what is no such mark.
activity_mark read_activity_mark(const page_request&);
name_mark read_name_mark(const page_request&);

// The mark of the page behind that customer.
std::string mark_of_activity(const domain::customer&);
std::string mark_of_name(const domain::customer&);

}  // namespace chatmesh::persistence
