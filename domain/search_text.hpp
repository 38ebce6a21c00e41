// Text as it is searched and sorted: without regard to case and spelling variants of Unicode.
#pragma once

#include "domain/entities.hpp"

#include <string>
#include <string_view>

namespace chatmesh::domain {

// Two texts that a reader takes for the same fold to the same: NFKC with full case folding (UAX #31, toNFKC_Casefold),
// so STRASSE finds Straße, and é is found however it is composed. Bytes that are no UTF-8 stay as they are.
std::string fold(std::string_view text);

// What is looked for: folded as the lines below are, a line break being a space. Empty where the text holds nothing
// that can be seen.
std::string search_term(std::string_view);

// Where a customer's name, e-mail, phone and organization are searched: each folded, in lines of their own, so that no
// search matches across two of them.
std::string search_text(const customer_fields&);

// What texts are sorted by, byte by byte: folded, and no longer than what a page's mark can carry.
inline constexpr std::size_t max_sort_key_bytes = 256;
std::string sort_key(std::string_view text);

}  // namespace chatmesh::domain
