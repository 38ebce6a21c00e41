// Avatars that are uploaded, and the images behind their addresses.
#include "http/auth.hpp"
#include "http/handlers.hpp"
#include "http/rate_limiter.hpp"
#include "http/resource.hpp"
#include "persistence/sql/hex.hpp"

#include <sodium.h>

namespace chatmesh::http {

namespace {

constexpr int base64_variant = sodium_base64_VARIANT_ORIGINAL;
constexpr std::size_t tag_digits = 16;

std::string to_base64(std::string_view bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), base64_variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                    base64_variant);
  text.pop_back();  // the terminating zero
  return text;
}

std::string from_base64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, base64_variant) != 0)
    throw persistence::database_error("a stored image can't be read");
  bytes.resize(size);
  return bytes;
}

struct checked_image {
  std::optional<persistence::new_image> image;
  domain::faults faults;
};

// Of the company and the bytes: whoever has the same bytes can't ask whether another company has them too.
persistence::secret_hash image_hash(const domain::id& company, std::string_view bytes) {
  return hash_secret(company.to_string() + persistence::to_hex(hash_secret(bytes)));
}

// On a reader thread: a mebibyte is not hashed between two turns of an io thread.
checked_image check_image(const domain::id& company, std::string_view bytes, domain::image_format format) {
  checked_image result;
  if (auto fault = domain::image_fault(bytes, format); !fault.empty())
    result.faults.push_back({"", "invalid_value", std::move(fault)});
  else
    result.image = persistence::new_image{image_hash(company, bytes), std::string{domain::media_type_of(format)},
                                          to_base64(bytes)};
  return result;
}

// What a mebibyte has become waits for the writer; the mebibyte itself has ended by then.
asio::awaitable<checked_image> check(services& s, const domain::id& company, std::string body,
                                     domain::image_format format) {
  auto job = [company, bytes = std::move(body), format](persistence::stores&) {
    return check_image(company, bytes, format);
  };
  co_return co_await read(s, std::move(job));
}

std::optional<persistence::secret_hash> parse_hash(std::string_view hex) {
  persistence::secret_hash hash{};
  std::size_t size = 0;
  const bool read = sodium_hex2bin(hash.data(), hash.size(), hex.data(), hex.size(), nullptr, &size, nullptr) == 0;
  return read && size == hash.size() ? std::optional{hash} : std::nullopt;
}

asio::awaitable<response> write_avatar(services& s, request& r, persistence::set_avatar command) {
  auto wanted = co_await prepare_write(s, r, [&](const domain::id&) {
    command.employee = r.segment_id("id");
    check_conditions(r);
    return std::move(command);
  });
  co_return written_answer(200, co_await write_on_conditions(s, r, std::move(wanted)));
}

}  // namespace

asio::awaitable<response> put_avatar(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);  // before the work that an image makes
  const domain::image_format format = read_image_format(r);
  if (r.body.size() > domain::max_image_bytes)
    throw problem{413, "too_large", "An image may have 1 MiB."};
  s.limiter.image(who.session);
  checked_image checked = co_await check(s, who.company, std::move(r.body), format);
  persistence::set_avatar command;
  command.faults = std::move(checked.faults);
  command.image = std::move(checked.image);
  if (command.image)
    command.url = public_base(s.settings, r) + std::string{domain::images_path} +
                  domain::image_name(persistence::to_hex(command.image->hash), format);
  co_return co_await write_avatar(s, r, std::move(command));
}

asio::awaitable<response> delete_avatar(services& s, request& r) {
  return write_avatar(s, r, {});
}

// Anybody who knows the address may see it: it is as hard to guess as a token, and the widget shows it on other sites.
asio::awaitable<response> get_image(services& s, request& r) {
  const auto named = domain::parse_image_name(r.segment("name"));
  const auto hash = named ? parse_hash(named->hash) : std::nullopt;
  if (!hash)
    throw not_found();
  auto job = [hash = *hash, type = domain::media_type_of(named->format)](persistence::stores& stores) {
    const auto found = stores.find_image(hash);
    return found && found->content_type == type ? std::optional{from_base64(found->base64)} : std::nullopt;
  };
  std::optional<std::string> bytes = co_await read(s, std::move(job));
  if (!bytes)
    throw not_found();
  response answer = found_answer(r, *std::move(bytes), "\"" + std::string{named->hash.substr(0, tag_digits)} + "\"");
  if (answer.status == 200)
    answer.content_type = domain::media_type_of(named->format);
  answer.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  answer.headers.emplace_back("Content-Security-Policy", "default-src 'none'; sandbox");
  answer.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  co_return answer;
}

}  // namespace chatmesh::http
