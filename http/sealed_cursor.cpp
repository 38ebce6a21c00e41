#include "http/sealed_cursor.hpp"

#include <sodium.h>

#include <algorithm>

namespace chatmesh::http {

namespace {

constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t plain_bytes = 4 + 8;  // epoch, seq
constexpr std::size_t nonce_bytes = crypto_secretbox_NONCEBYTES;
constexpr std::size_t sealed_bytes = nonce_bytes + crypto_secretbox_MACBYTES + plain_bytes;

using plain = std::array<unsigned char, plain_bytes>;
using sealed = std::array<unsigned char, sealed_bytes>;

plain to_bytes(const domain::cursor& c) {
  plain bytes{};
  for (std::size_t i = 0; i < 4; ++i)
    bytes[i] = static_cast<unsigned char>(c.epoch >> (8 * i));
  for (std::size_t i = 0; i < 8; ++i)
    bytes[4 + i] = static_cast<unsigned char>(c.seq >> (8 * i));
  return bytes;
}

domain::cursor from_bytes(const plain& bytes) {
  domain::cursor c;
  for (std::size_t i = 0; i < 4; ++i)
    c.epoch |= static_cast<std::uint32_t>(bytes[i]) << (8 * i);
  for (std::size_t i = 0; i < 8; ++i)
    c.seq |= static_cast<std::uint64_t>(bytes[4 + i]) << (8 * i);
  return c;
}

}  // namespace

cursor_seal::cursor_seal(const persistence::secret_key& server, const domain::id& customer) {
  static_assert(crypto_secretbox_KEYBYTES == std::tuple_size_v<decltype(key_)>);
  const std::string name = customer.to_string();
  crypto_generichash(key_.data(), key_.size(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                     server.data(), server.size());
}

std::string cursor_seal::seal(const domain::cursor& c) const {
  const plain bytes = to_bytes(c);
  sealed box{};
  randombytes_buf(box.data(), nonce_bytes);
  crypto_secretbox_easy(box.data() + nonce_bytes, bytes.data(), bytes.size(), box.data(), key_.data());
  std::string text(sodium_base64_encoded_len(box.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), box.data(), box.size(), variant);
  text.pop_back();  // the terminating zero
  return text;
}

std::optional<domain::cursor> cursor_seal::open(std::string_view text) const {
  sealed box{};
  std::size_t size = 0;
  if (sodium_base642bin(box.data(), box.size(), text.data(), text.size(), nullptr, &size, nullptr, variant) != 0 ||
      size != box.size())
    return std::nullopt;
  plain bytes{};
  if (crypto_secretbox_open_easy(bytes.data(), box.data() + nonce_bytes, box.size() - nonce_bytes, box.data(),
                                 key_.data()) != 0)
    return std::nullopt;
  return from_bytes(bytes);
}

}  // namespace chatmesh::http
