#include "domain/image.hpp"

#include "tests/support/images.hpp"
#include "tests/support/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

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

// Bytes with nothing behind them, so that the address sanitizer sees who reads on.
bool is_whole_alone(std::string_view bytes, image_format format) {
  const auto alone = std::make_unique<char[]>(bytes.size());
  std::ranges::copy(bytes, alone.get());
  return is_whole({alone.get(), bytes.size()}, format);
}

// As somebody would change a file to mislead who reads it: bits, lengths, parts that are missing, doubled or moved.
std::string disturb(std::string bytes, test::random_engine& random) {
  using test::random_below;
  const std::size_t at = random_below(random, bytes.size()), length = 1 + random_below(random, bytes.size() - at);
  switch (random_below(random, 6)) {
  case 0: bytes[at] = static_cast<char>(bytes[at] ^ 1 << random_below(random, 8)); break;
  case 1: bytes[at] = static_cast<char>(random_below(random, 256)); break;
  case 2: {
    constexpr std::uint32_t lengths[] = {0, 1, 2, 7, 0x7fff'ffff, 0x8000'0000, 0xffff'fff4, 0xffff'ffff};
    const auto four = images::big_endian(lengths[random_below(random, std::size(lengths))]);
    bytes.replace(at, std::min<std::size_t>(4, bytes.size() - at), four);
    break;
  }
  case 3: bytes.erase(at, bytes.size() > length ? length : 0); break;
  case 4: bytes.insert(random_below(random, bytes.size()), bytes.substr(at, length)); break;
  default: bytes.resize(bytes.size() - random_below(random, std::min<std::size_t>(bytes.size(), 16)));
  }
  return bytes;
}

// With what says how long it is, or what its parts are summed up to, set right again where that can be.
std::string mend(std::string bytes, image_format format) {
  if (format == image_format::webp && bytes.size() >= 8) {
    const auto size = images::big_endian(static_cast<std::uint32_t>(bytes.size() - 8));
    bytes.replace(4, 4, std::string{size.rbegin(), size.rend()});
  }
  for (std::size_t at = 8; format == image_format::png && bytes.size() >= at + 12;) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length = length << 8U | static_cast<std::uint8_t>(bytes[at + i]);
    if (length > bytes.size() - at - 12)
      break;
    bytes.replace(at + 8 + length, 4, images::big_endian(images::crc_of(bytes.substr(at + 4, 4 + length))));
    at += 12 + length;
  }
  return bytes;
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

// What still passes for an image is a whole one: cut anywhere, it is none.
TEST(Image, HoweverItIsDisturbedNothingIsReadBeyondIt) {
  test::random_engine random{20261128};
  std::size_t passed = 0;
  for (int round = 0; round < 20'000; ++round) {
    const auto& [format, original] = samples()[test::random_below(random, samples().size())];
    auto bytes = original;
    for (std::size_t changes = 1 + test::random_below(random, 3); changes > 0 && !bytes.empty(); --changes)
      bytes = disturb(std::move(bytes), random);
    bytes = mend(std::move(bytes), format);
    if (!is_whole_alone(bytes, format))
      continue;
    ++passed;
    const auto cut = std::string_view{bytes}.substr(0, test::random_below(random, bytes.size()));
    if (format != image_format::jpeg)  // behind whose end anything may follow
      EXPECT_FALSE(is_whole_alone(cut, format)) << "round " << round;
  }
  EXPECT_GT(passed, 100U) << "the changes leave nothing of interest";
}

TEST(Image, ItsFirstBytesAloneAreNone) {
  using namespace std::string_literals;
  const std::string rest(300, 'x');
  EXPECT_FALSE(is_whole("\x89PNG\r\n\x1a\n" + rest, image_format::png));
  EXPECT_FALSE(is_whole("\xff\xd8\xff\xe0" + rest, image_format::jpeg));
  EXPECT_FALSE(is_whole("RIFF\x30\x01\x00\x00WEBPVP8 "s + rest, image_format::webp));
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

TEST(Image, AWebpHasTheFramesThatItsCanvasSays) {
  using namespace std::string_literals;
  const auto inner = images::alpha_webp.find("\x9d\x01\x2a"s) + 3;
  EXPECT_FALSE(is_whole(with(images::alpha_webp, inner, "\x04"s), image_format::webp)) << "wider than the canvas";
  EXPECT_FALSE(is_whole(with(images::alpha_webp, inner - 3, "x"s), image_format::webp)) << "no frame";

  const auto pixels = images::webp.substr(12);
  const auto number = [](std::uint32_t value) {
    const auto four = images::big_endian(value);
    return std::string{four.rbegin(), four.rend()};
  };
  const auto animation = [&](const std::string& frame) {
    const auto chunks = "WEBPVP8X"s + number(10) + "\x02\0\0\0\x02\0\0\x01\0\0"s + "ANMF" +
                        number(static_cast<std::uint32_t>(frame.size())) + frame;
    return "RIFF" + number(static_cast<std::uint32_t>(chunks.size())) + chunks;
  };
  const auto place = "\0\0\0\0\0\0\x02\0\0\x01\0\0\x28\0\0\0"s;
  EXPECT_EQ(image_fault(animation(place + pixels), image_format::webp), "");
  EXPECT_FALSE(is_whole(animation(place), image_format::webp)) << "no pixels";
  EXPECT_FALSE(is_whole(animation(place.substr(0, 10)), image_format::webp));
  EXPECT_FALSE(is_whole(animation(place + pixels.substr(0, pixels.size() - 2)), image_format::webp));
  EXPECT_FALSE(is_whole(animation(with(place, 0, "\x01"s) + pixels), image_format::webp)) << "beside the canvas";
  EXPECT_FALSE(is_whole(animation(with(place, 9, "\x00"s) + pixels), image_format::webp)) << "pixels of another size";
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
