#include "domain/image.hpp"

#include "tests/support/images.hpp"

#include <gtest/gtest.h>

namespace chatmesh::domain {

namespace {

namespace images = test::images;

struct sample {
  image_format format;
  std::string bytes;
};

const std::vector<sample>& samples() {
  static const std::vector<sample> all{{image_format::png, images::png},
                                       {image_format::jpeg, images::jpeg},
                                       {image_format::webp, images::webp},
                                       {image_format::webp, images::lossless_webp},
                                       {image_format::webp, images::alpha_webp}};
  return all;
}

bool is_whole(std::string_view bytes, image_format format) {
  return image_fault(bytes, format).empty();
}

std::string with(std::string bytes, std::size_t at, std::string_view other) {
  return bytes.replace(at, other.size(), other);
}

// A PNG whose header says so, with the checksum that belongs to it.
std::string png_with_header(std::string_view header, std::string_view crc) {
  return with(with(images::png, 16, header), 29, crc);
}

}  // namespace

TEST(Image, IsKnownByItsWholeStructure) {
  for (const auto& each : samples())
    EXPECT_EQ(image_fault(each.bytes, each.format), "") << media_type_of(each.format);
}

TEST(Image, IsNoImageOfAnotherFormat) {
  for (const auto& each : samples())
    for (const auto format : {image_format::png, image_format::jpeg, image_format::webp})
      EXPECT_EQ(is_whole(each.bytes, format), format == each.format);
}

TEST(Image, CutAnywhereItIsNone) {
  for (const auto& each : samples())
    for (std::size_t size = 0; size < each.bytes.size(); ++size)
      EXPECT_FALSE(is_whole(std::string_view{each.bytes}.substr(0, size), each.format))
          << media_type_of(each.format) << " cut at " << size;
}

TEST(Image, ItsFirstBytesAloneAreNone) {
  const std::string rest(300, 'x');
  EXPECT_FALSE(is_whole("\x89PNG\r\n\x1a\n" + rest, image_format::png));
  EXPECT_FALSE(is_whole("\xff\xd8\xff\xe0" + rest, image_format::jpeg));
  EXPECT_FALSE(is_whole("RIFF\x30\x01\x00\x00WEBPVP8 " + rest, image_format::webp));
  EXPECT_FALSE(is_whole("<svg xmlns='http://www.w3.org/2000/svg'/>", image_format::png));
  EXPECT_FALSE(is_whole("GIF89a" + rest, image_format::png));
}

// Every byte of the header counts, and so does every other of a PNG: each chunk has a checksum.
TEST(Image, APngWithAnyByteChangedIsNone) {
  for (std::size_t i = 0; i < images::png.size(); ++i) {
    auto changed = images::png;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    EXPECT_FALSE(is_whole(changed, image_format::png)) << "byte " << i;
  }
  EXPECT_FALSE(is_whole(images::png + "x", image_format::png)) << "something follows it";
}

TEST(Image, HasSidesThatCanBe) {
  using namespace std::string_literals;
  const auto fault = image_fault(png_with_header("\0\0\0\0\0\0\0\2"s, "\x76\x43\xdd\x19"s), image_format::png);
  EXPECT_NE(fault.find("sides of 0 and 2 pixels"), std::string::npos) << fault;
  const auto frame = images::jpeg.find("\xff\xc0"s) + 5;
  EXPECT_TRUE(is_whole(with(images::jpeg, frame, "\x10\x00\x10\x00"s), image_format::jpeg));
  EXPECT_FALSE(is_whole(with(images::jpeg, frame, "\x10\x01\x10\x00"s), image_format::jpeg));
  EXPECT_FALSE(is_whole(with(images::jpeg, frame, "\x10\x00\x10\x01"s), image_format::jpeg));
  EXPECT_FALSE(is_whole(with(images::jpeg, frame, "\x00\x00\x10\x00"s), image_format::jpeg));
  EXPECT_FALSE(is_whole(with(images::jpeg, frame - 1, "\x0c"s), image_format::jpeg)) << "12 bits a sample";
  EXPECT_FALSE(is_whole(with(images::webp, 26, "\xff\x3f"s), image_format::webp));
  EXPECT_FALSE(is_whole(with(images::webp, 26, "\x00\x00"s), image_format::webp));
  EXPECT_FALSE(is_whole(with(images::lossless_webp, 21, "\xff\xff"s), image_format::webp));
  EXPECT_FALSE(is_whole(with(images::alpha_webp, 24, "\xff\xff\xff"s), image_format::webp));
}

TEST(Image, AJpegMayBeFollowedByWhatCamerasPutThere) {
  EXPECT_TRUE(is_whole(images::jpeg + "a second picture", image_format::jpeg));
  EXPECT_FALSE(is_whole(images::webp + "xx", image_format::webp));
}

TEST(Image, AJpegHasOneFrameAndAScan) {
  using namespace std::string_literals;
  const auto frame = images::jpeg.find("\xff\xc0"s), tables = images::jpeg.find("\xff\xc4"s),
             scan = images::jpeg.find("\xff\xda"s);
  const auto frame_header = images::jpeg.substr(frame, tables - frame);
  EXPECT_FALSE(is_whole(images::jpeg.substr(0, scan) + "\xff\xd9"s, image_format::jpeg)) << "no scan";
  EXPECT_FALSE(is_whole(images::jpeg.substr(0, frame) + images::jpeg.substr(tables), image_format::jpeg)) << "no frame";
  EXPECT_FALSE(
      is_whole(images::jpeg.substr(0, tables) + frame_header + images::jpeg.substr(tables), image_format::jpeg))
      << "two frames";
  EXPECT_FALSE(is_whole(with(images::jpeg, frame, "\xff\xc3"s), image_format::jpeg)) << "lossless: browsers show none";
}

TEST(Image, IsFoundByItsName) {
  const std::string hash(64, 'a');
  for (const auto format : {image_format::png, image_format::jpeg, image_format::webp}) {
    const auto name = image_name(hash, format);
    ASSERT_TRUE(parse_image_name(name)) << name;
    EXPECT_EQ(parse_image_name(name)->hash, hash);
    EXPECT_EQ(parse_image_name(name)->format, format);
    EXPECT_EQ(image_hash_in("https://chat.example" + std::string{images_path} + name), hash);
    EXPECT_EQ(parse_image_type(media_type_of(format)), format);
  }
  for (const std::string& other :
       {hash, hash + ".gif", hash + ".png.png", hash.substr(1) + ".png", std::string(64, 'A') + ".png", std::string{}})
    EXPECT_FALSE(parse_image_name(other)) << other;
  EXPECT_EQ(image_hash_in("https://chat.example/" + hash + ".png"), "");
  EXPECT_EQ(image_hash_in("https://chat.example" + std::string{images_path} + hash + ".png?x"), "");
  EXPECT_FALSE(parse_image_type("image/svg+xml"));
}

}  // namespace chatmesh::domain
