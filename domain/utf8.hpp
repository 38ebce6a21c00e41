// What ChatMesh needs to know of Unicode. Texts are valid UTF-8: parse_object() lets nothing else in.
#pragma once

#include <cstddef>
#include <string_view>

namespace chatmesh::domain {

std::size_t count_code_points(std::string_view text);

// Whether any character is white space or a control character.
bool has_blank(std::string_view text);

// Whether any character is a control character.
bool has_control(std::string_view text);

// Whether any character leaves a mark: is no white space, control, format or filler character.
bool has_visible(std::string_view text);

}  // namespace chatmesh::domain
