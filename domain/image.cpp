#include "domain/image.hpp"

#include "domain/image_structure.hpp"

#include <algorithm>
#include <iterator>

namespace chatmesh::domain {

namespace {

struct format_names {
  std::string_view type, extension, name;
};

// In the order of the enumerators.
constexpr format_names formats[] = {
    {"image/png", ".png", "PNG"}, {"image/jpeg", ".jpg", "JPEG"}, {"image/webp", ".webp", "WebP"}};

constexpr std::size_t hash_digits = 64;

const format_names& names_of(image_format format) {
  return formats[static_cast<std::size_t>(format)];
}

std::optional<image_format> find_format(std::string_view format_names::*member, std::string_view text) {
  const auto* found = std::ranges::find(formats, text, member);
  if (found == std::end(formats))
    return std::nullopt;
  return static_cast<image_format>(found - std::begin(formats));
}

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<image_size> size_of(std::string_view bytes, image_format format) {
  switch (format) {
  case image_format::png: return png_size(bytes);
  case image_format::jpeg: return jpeg_size(bytes);
  case image_format::webp: return webp_size(bytes);
  }
  return std::nullopt;
}

}  // namespace

std::string_view media_type_of(image_format format) {
  return names_of(format).type;
}

std::optional<image_format> parse_image_type(std::string_view type) {
  return find_format(&format_names::type, type);
}

std::string image_fault(std::string_view bytes, image_format format) {
  const auto size = size_of(bytes, format);
  if (!size)
    return std::string{"the body is no whole "}.append(names_of(format).name).append(" image");
  const auto is_sane = [](std::uint32_t side) { return side >= 1 && side <= max_image_side; };
  if (!is_sane(size->width) || !is_sane(size->height))
    return "the image has sides of " + std::to_string(size->width) + " and " + std::to_string(size->height) +
           " pixels; each must have 1 to " + std::to_string(max_image_side);
  return {};
}

std::string image_name(std::string_view hash, image_format format) {
  return std::string{hash}.append(names_of(format).extension);
}

std::optional<named_image> parse_image_name(std::string_view name) {
  const auto hash = name.substr(0, hash_digits);
  if (hash.size() != hash_digits || !is_hex(hash))
    return std::nullopt;
  const auto format = find_format(&format_names::extension, name.substr(hash_digits));
  return format ? std::optional{named_image{hash, *format}} : std::nullopt;
}

std::string_view image_hash_in(std::string_view url) {
  const auto at = url.rfind(images_path);
  const auto named = at == std::string_view::npos ? std::nullopt
                                                  : parse_image_name(url.substr(at + images_path.size()));
  return named ? named->hash : std::string_view{};
}

}  // namespace chatmesh::domain
