// Small whole images, 3 pixels wide and 2 high, as a browser's canvas makes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace chatmesh::test::images {

inline std::string decode(std::string_view base64) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : base64.substr(0, base64.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(digits.find(c));
    count += 6;
    if (count >= 8)
      bytes += static_cast<char>(bits >> (count -= 8) & 0xffU);
  }
  return bytes;
}

inline const std::string png = decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAACddGYaAAAAEklEQVR4AWIyXlX+H4aZGJAAAAAA//9V7EWYAAAABklEQVQDAIUW"
    "Bv54EYo4AAAAAElFTkSuQmCC");

inline const std::string jpeg = decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6j"
    "q62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKT/wAARCAACAAMDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAV"
    "AQEBAAAAAAAAAAAAAAAAAAABBf/EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhEDEQA/AAAT3//Z");

inline const std::string webp = decode("UklGRiwAAABXRUJQVlA4ICAAAABwAQCdASoDAAIABABoJaACdAGgAACOID7o/e38cs0AAA==");

inline const std::string lossless_webp = decode("UklGRh4AAABXRUJQVlA4TBEAAAAvAkAAAAdQ1c70rv+BiOh/AAA=");

inline const std::string alpha_webp = decode(
    "UklGRlYAAABXRUJQVlA4WAoAAAAQAAAAAgAAAQAAQUxQSAcAAAAAgIAAgIAAAFZQOCAoAAAAcAEAnQEqAwACAAQAaCWYAnQBoAAA"
    "/hL7utt/0V53DKZ9Ot3LfMAAAA==");

// A chunk's checksum, over its type and data.
inline std::uint32_t crc_of(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 1U) != 0 ? 0xedb88320U ^ (crc >> 1) : crc >> 1;
  }
  return ~crc;
}

inline std::string big_endian(std::uint32_t value) {
  std::string four;
  for (int shift = 24; shift >= 0; shift -= 8)
    four += static_cast<char>(value >> shift & 0xffU);
  return four;
}

// A PNG that is valid and of that size: a chunk that nobody asks for fills it up.
inline std::string png_of(std::size_t bytes) {
  const std::size_t filler = bytes - png.size() - 12;
  std::string chunk{"teXt"};
  chunk.append(filler, 'x');
  constexpr std::size_t behind_header = 33;
  return png.substr(0, behind_header) + big_endian(static_cast<std::uint32_t>(filler)) + chunk +
         big_endian(crc_of(chunk)) + png.substr(behind_header);
}

}  // namespace chatmesh::test::images
