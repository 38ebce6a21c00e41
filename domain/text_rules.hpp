// The rules that texts from outside must keep (protocol §2, "Limits"). Lengths count code points.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::domain {

// Which fault a text is; `code` as in domain/fault.hpp.
struct broken_rule {
  std::string code;
  std::string detail;
};

// Answers nothing for a text that is in order. The text is valid UTF-8.
using text_rule = std::optional<broken_rule> (*)(std::string_view);

std::optional<broken_rule> any_rule(std::string_view);             // no limit but that of the request
std::optional<broken_rule> name_rule(std::string_view);            // 1-200, with a visible character
std::optional<broken_rule> short_text_rule(std::string_view);      // up to 200
std::optional<broken_rule> email_rule(std::string_view);           // up to 254, one '@' within, no control characters
std::optional<broken_rule> phone_rule(std::string_view);           // up to 32
std::optional<broken_rule> url_rule(std::string_view);             // up to 2048, http or https, with a host
std::optional<broken_rule> origin_rule(std::string_view);          // scheme://host[:port] and nothing after it
std::optional<broken_rule> tag_rule(std::string_view);             // 1-64; also an attribute's name
std::optional<broken_rule> attribute_rule(std::string_view);       // up to 16384: an attribute's value
std::optional<broken_rule> note_body_rule(std::string_view);       // 1-65536
std::optional<broken_rule> message_body_rule(std::string_view);    // 1-16384
std::optional<broken_rule> new_password_rule(std::string_view);    // 10-1024
std::optional<broken_rule> login_email_rule(std::string_view);     // up to 254: a wrong one is a failed login, no fault
std::optional<broken_rule> login_password_rule(std::string_view);  // up to 1024, likewise

}  // namespace chatmesh::domain
