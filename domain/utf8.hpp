// What ChatMesh needs to know of Unicode. But for is_utf8(), texts are valid UTF-8: parse_object() lets nothing else
// in.
#pragma once

#include <cstddef>
#include <string_view>

namespace chatmesh::domain {

// Whether these bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

std::size_t count_code_points(std::string_view text);

// As much of its front as `max_bytes` hold, ending with a whole character.
std::string_view front_of(std::string_view text, std::size_t max_bytes);

// Whether any character is white space or a control character.
bool has_blank(std::string_view text);

// Whether any character is a control character.
bool has_control(std::string_view text);

// Whether any character leaves a mark: is no white space, control, format or filler character.
bool has_visible(std::string_view text);

}  // namespace chatmesh::domain
