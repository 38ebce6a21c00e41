#include "domain/search_text.hpp"

#include "domain/utf8.hpp"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <stdexcept>

namespace chatmesh::domain {

namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// What the whole of it does to ASCII.
std::string lower_ascii(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

}  // namespace

std::string fold(std::string_view text) {
  if (is_ascii(text))
    return lower_ascii(text);
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  std::string folded;
  if (U_SUCCESS(status)) {
    icu::StringByteSink<std::string> sink{&folded, static_cast<int32_t>(text.size())};
    const icu::StringPiece piece{text.data(), static_cast<int32_t>(text.size())};
    normalizer->normalizeUTF8(0, piece, sink, nullptr, status);
  }
  if (U_FAILURE(status))
    throw std::runtime_error("ICU can't fold a text: " + std::string{u_errorName(status)});
  return folded;
}

// A line break within a text must not look like the end of it.
std::string search_term(std::string_view text) {
  std::string folded = fold(text);
  std::ranges::replace(folded, '\n', ' ');
  return folded;
}

std::string search_text(const customer_fields& c) {
  std::string all = search_term(c.name) + '\n';
  for (const auto* each : {&c.email, &c.phone, &c.organization})
    if (*each)
      all.append(search_term(**each)).append(1, '\n');
  return all;
}

std::string sort_key(std::string_view text) {
  return std::string{front_of(fold(text), max_sort_key_bytes)};
}

}  // namespace chatmesh::domain
