// Walks the structure of image files, each as its standard lays it out: PNG (W3C, third edition), JPEG (ITU-T T.81) and
// WebP (RFC 9649).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace chatmesh::domain {

struct image_size {
  std::uint32_t width = 0, height = 0;

  bool operator==(const image_size&) const = default;
};

// What the file says of its sides; none for bytes that are no whole file of that format.
std::optional<image_size> png_size(std::string_view bytes);
std::optional<image_size> jpeg_size(std::string_view bytes);  // whatever follows its end: cameras put more there
std::optional<image_size> webp_size(std::string_view bytes);

}  // namespace chatmesh::domain
