#include "domain/image_structure.hpp"

#include <algorithm>
#include <array>

namespace chatmesh::domain {

namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

// The caller knows that the bytes are there.
std::uint32_t big_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8 | byte_at(bytes, at + i);
  return value;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i > 0; --i)
    value = value << 8 | byte_at(bytes, at + i - 1);
  return value;
}

// ---- PNG

constexpr std::string_view png_signature{"\x89PNG\r\n\x1a\n", 8};
constexpr std::size_t png_header_bytes = 13;
constexpr std::size_t chunk_overhead = 12;  // length, type, checksum

constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    std::uint32_t c = n;
    for (int bit = 0; bit < 8; ++bit)
      c = (c & 1) ? 0xedb88320U ^ (c >> 1) : c >> 1;
    table[n] = c;
  }
  return table;
}();

std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes)
    crc = crc_table[(crc ^ static_cast<std::uint8_t>(c)) & 0xffU] ^ (crc >> 8);
  return ~crc;
}

// Which depths a colour type may have.
bool is_png_color(std::uint8_t depth, std::uint8_t color) {
  const bool is_deep = depth == 8 || depth == 16;
  const bool is_shallow = depth == 1 || depth == 2 || depth == 4;
  switch (color) {
  case 0: return is_shallow || is_deep;
  case 3: return is_shallow || depth == 8;
  case 2:
  case 4:
  case 6: return is_deep;
  default: return false;
  }
}

std::optional<image_size> png_header(std::string_view type, std::string_view data) {
  if (type != "IHDR" || data.size() != png_header_bytes)
    return std::nullopt;
  const bool is_known = is_png_color(byte_at(data, 8), byte_at(data, 9)) && byte_at(data, 10) == 0 &&
                        byte_at(data, 11) == 0 && byte_at(data, 12) <= 1;
  return is_known ? std::optional{image_size{big_endian(data, 0, 4), big_endian(data, 4, 4)}} : std::nullopt;
}

// ---- JPEG

constexpr std::uint8_t marker_start = 0xff, start_of_image = 0xd8, end_of_image = 0xd9, start_of_scan = 0xda;

bool has_no_segment(std::uint8_t marker) {
  return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
}

bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

// Of the kinds that browsers show: baseline, extended sequential and progressive, with 8 bits a sample.
std::optional<image_size> frame_size(std::uint8_t marker, std::string_view segment) {
  constexpr std::size_t fixed = 6, of_component = 3;
  if (marker > 0xc2 || segment.size() < fixed || byte_at(segment, 0) != 8)
    return std::nullopt;
  const std::uint8_t components = byte_at(segment, 5);
  const bool is_known = components == 1 || components == 3 || components == 4;
  if (!is_known || segment.size() != fixed + of_component * components)
    return std::nullopt;
  return image_size{big_endian(segment, 3, 2), big_endian(segment, 1, 2)};
}

// The marker behind a scan's coded bytes, in which 0xff is followed by zero or a restart.
std::size_t end_of_scan(std::string_view bytes, std::size_t at) {
  for (; at + 1 < bytes.size(); ++at) {
    const std::uint8_t next = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) == marker_start && next != 0 && next != marker_start && !has_no_segment(next))
      return at;
  }
  return bytes.size();
}

// ---- WebP

constexpr std::size_t riff_header_bytes = 12, riff_chunk_header = 8;

// One frame as its own chunk tells of it.
std::optional<image_size> webp_frame(std::string_view type, std::string_view data) {
  if (type == "VP8 ") {
    constexpr std::string_view start_code{"\x9d\x01\x2a", 3};
    if (data.size() < 10 || (byte_at(data, 0) & 1) != 0 || data.substr(3, 3) != start_code)
      return std::nullopt;
    constexpr std::uint32_t side_bits = 0x3fff;
    return image_size{little_endian(data, 6, 2) & side_bits, little_endian(data, 8, 2) & side_bits};
  }
  if (type == "VP8L") {
    constexpr std::uint8_t signature = 0x2f;
    if (data.size() < 5 || byte_at(data, 0) != signature)
      return std::nullopt;
    const std::uint32_t bits = little_endian(data, 1, 4);
    constexpr std::uint32_t side_bits = 0x3fff;
    return bits >> 29 == 0 ? std::optional{image_size{(bits & side_bits) + 1, (bits >> 14 & side_bits) + 1}}
                           : std::nullopt;
  }
  return std::nullopt;
}

struct riff_chunk {
  std::string_view type, data;
};

// Takes a chunk off the front; nothing where it is cut.
std::optional<riff_chunk> take_chunk(std::string_view& bytes) {
  if (bytes.size() < riff_chunk_header)
    return std::nullopt;
  const std::size_t length = little_endian(bytes, 4, 4), padded = length + (length & 1);
  if (padded > bytes.size() - riff_chunk_header)
    return std::nullopt;
  const riff_chunk taken{bytes.substr(0, 4), bytes.substr(riff_chunk_header, length)};
  bytes.remove_prefix(riff_chunk_header + padded);
  return taken;
}

bool has_pixels(const riff_chunk& chunk) {
  return chunk.type == "VP8 " || chunk.type == "VP8L";
}

std::optional<image_size> webp_canvas(const riff_chunk& first) {
  if (first.type != "VP8X")
    return webp_frame(first.type, first.data);
  if (first.data.size() != 10)
    return std::nullopt;
  return image_size{little_endian(first.data, 4, 3) + 1, little_endian(first.data, 7, 3) + 1};
}

// One picture of an animation: it lies within the canvas, and its pixels are as many as it says.
bool is_animation_frame(std::string_view data, const image_size& canvas) {
  constexpr std::size_t fixed = 16;
  if (data.size() < fixed)
    return false;
  const std::uint32_t left = 2 * little_endian(data, 0, 3), top = 2 * little_endian(data, 3, 3);
  const image_size size{little_endian(data, 6, 3) + 1, little_endian(data, 9, 3) + 1};
  if (left + size.width > canvas.width || top + size.height > canvas.height)
    return false;
  for (data.remove_prefix(fixed); !data.empty();) {
    const auto chunk = take_chunk(data);
    if (!chunk)
      return false;
    if (has_pixels(*chunk))
      return webp_frame(chunk->type, chunk->data) == size;
  }
  return false;
}

}  // namespace

std::optional<image_size> png_size(std::string_view bytes) {
  if (!bytes.starts_with(png_signature))
    return std::nullopt;
  std::optional<image_size> size;
  bool has_pixels = false;
  for (bytes.remove_prefix(png_signature.size()); bytes.size() >= chunk_overhead;) {
    const std::size_t length = big_endian(bytes, 0, 4);
    if (length > bytes.size() - chunk_overhead)
      return std::nullopt;
    const auto type = bytes.substr(4, 4), data = bytes.substr(8, length);
    if (crc_of(bytes.substr(4, 4 + length)) != big_endian(bytes, 8 + length, 4))
      return std::nullopt;
    bytes.remove_prefix(chunk_overhead + length);
    if (!size) {
      size = png_header(type, data);
      if (!size)
        return std::nullopt;
    }
    has_pixels = has_pixels || (type == "IDAT" && length > 0);
    if (type == "IEND")
      return has_pixels && length == 0 && bytes.empty() ? size : std::nullopt;
  }
  return std::nullopt;
}

std::optional<image_size> jpeg_size(std::string_view bytes) {
  if (bytes.size() < 4 || byte_at(bytes, 0) != marker_start || byte_at(bytes, 1) != start_of_image)
    return std::nullopt;
  std::optional<image_size> size;
  bool has_scan = false;
  for (std::size_t at = 2; at + 1 < bytes.size();) {
    const std::uint8_t marker = byte_at(bytes, at + 1);
    if (byte_at(bytes, at) != marker_start)
      return std::nullopt;
    if (marker == marker_start) {  // a filler
      ++at;
      continue;
    }
    at += 2;
    if (marker == end_of_image)
      return has_scan ? size : std::nullopt;
    if (has_no_segment(marker))
      continue;
    const std::size_t length = at + 2 <= bytes.size() ? big_endian(bytes, at, 2) : 0;
    if (marker < 0xc0 || marker == start_of_image || length < 2 || length > bytes.size() - at)
      return std::nullopt;
    const auto segment = bytes.substr(at + 2, length - 2);
    at += length;
    if (is_frame_header(marker)) {
      if (size)
        return std::nullopt;  // an image has one
      size = frame_size(marker, segment);
      if (!size)
        return std::nullopt;
    }
    if (marker == start_of_scan) {
      if (!size)
        return std::nullopt;
      has_scan = true;
      at = end_of_scan(bytes, at);
    }
  }
  return std::nullopt;
}

std::optional<image_size> webp_size(std::string_view bytes) {
  if (bytes.size() < riff_header_bytes || !bytes.starts_with("RIFF") || bytes.substr(8, 4) != "WEBP" ||
      little_endian(bytes, 4, 4) != bytes.size() - riff_chunk_header)
    return std::nullopt;
  std::optional<image_size> size;
  bool has_frame = false;
  for (bytes.remove_prefix(riff_header_bytes); !bytes.empty();) {
    const auto chunk = take_chunk(bytes);
    if (!chunk)
      return std::nullopt;
    if (!size)
      size = webp_canvas(*chunk);
    if (!size)
      return std::nullopt;
    const bool is_picture = has_pixels(*chunk), is_moving = chunk->type == "ANMF";
    // A frame that is larger than the canvas says would be decoded all the same.
    if ((is_picture && webp_frame(chunk->type, chunk->data) != size) ||
        (is_moving && !is_animation_frame(chunk->data, *size)))
      return std::nullopt;
    has_frame = has_frame || is_picture || is_moving;
  }
  return has_frame ? size : std::nullopt;
}

}  // namespace chatmesh::domain
