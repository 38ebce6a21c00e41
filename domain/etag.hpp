// Entity tags of complete objects (protocol §1): `"<version>"`, and where an employee is embedded
// `"<version>.<employee version>"`, because the object's JSON changes with either.
#pragma once

#include "domain/entities.hpp"

#include <string>

namespace chatmesh::domain {

// With the quotes, as the ETag header carries them.
std::string etag(const company&);
std::string etag(const employee&);
std::string etag(const customer&);
std::string etag(const note&);
std::string etag(const message&);
std::string etag(const read_mark&);

}  // namespace chatmesh::domain
