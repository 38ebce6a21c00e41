// Images that people upload: which formats there are, whether bytes are such an image, and where it is found then.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chatmesh::domain {

enum class image_format : std::uint8_t { png, jpeg, webp };

inline constexpr std::size_t max_image_bytes = 1024 * 1024;
inline constexpr std::uint32_t max_image_side = 4096;  // pixels

std::string_view media_type_of(image_format);                    // "image/png"
std::optional<image_format> parse_image_type(std::string_view);  // a media type in lower case

// What is wrong with the bytes as an image of that format, in words; empty for nothing. Looks through the whole
// structure up to its end, and at the sides; the pixels themselves are not decoded.
std::string image_fault(std::string_view bytes, image_format);

// The path below which images are served, and the name that one has there: "<64 hex digits>.png".
inline constexpr std::string_view images_path = "/api/v1/images/";
std::string image_name(std::string_view hash, image_format);

struct named_image {
  std::string_view hash;
  image_format format{};
};
std::optional<named_image> parse_image_name(std::string_view);

// The hash of the image that an address leads to, if it looks like one of these; else empty.
std::string_view image_hash_in(std::string_view url);

}  // namespace chatmesh::domain
