#include "persistence/stores/log_chain.hpp"

#include "persistence/sql/hex.hpp"

#include <sodium.h>

#include <array>

namespace chatmesh::persistence {

namespace {

constexpr std::string_view recipe = "chatmesh-log-1";

std::string hash_of(std::string_view text) {
  std::array<unsigned char, 32> bytes{};
  crypto_generichash(bytes.data(), bytes.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     nullptr, 0);
  return to_hex(bytes);
}

// Fields that can't be shifted into each other: each has its length before it, and what is missing has none.
class canonical_text {
public:
  canonical_text() { text_.reserve(expected_size); }

  void add(std::string_view field) { text_.append(std::to_string(field.size())).append(1, ':').append(field); }
  void add_number(auto value) { add(std::to_string(value)); }
  void add_none() { text_.append(1, '-'); }
  const std::string& str() const { return text_; }

private:
  static constexpr std::size_t expected_size = 512;
  std::string text_;
};

}  // namespace

std::string content_hash(std::string_view data) {
  return hash_of(data);
}

std::string chain_hash(std::string_view previous, const domain::change& c, std::string_view content) {
  canonical_text text;
  text.add(recipe);
  text.add(previous);
  text.add(c.company_id.to_string());
  text.add_number(c.seq);
  text.add_number(c.at.time_since_epoch().count());
  text.add(to_string(c.entity));
  text.add(to_string(c.action));
  text.add(c.object_id.to_string());
  text.add(to_string(c.by.kind));
  if (c.by.id)
    text.add(c.by.id->to_string());
  else
    text.add_none();
  text.add(c.by.name);
  text.add(c.by.client);
  text.add_number(c.authority);
  text.add(content);
  return hash_of(text.str());
}

domain::change read_chained(row& r) {
  domain::change c;
  c.company_id = r.id();
  c.seq = r.count();
  c.at = r.time();
  c.entity = r.name(domain::parse_entity);
  c.action = r.name(domain::parse_action);
  c.object_id = r.id();
  c.by.kind = r.name(domain::parse_author_kind);
  c.by.id = r.optional_id();
  c.by.name = r.text();
  c.by.client = r.text();
  c.authority = r.count();
  return c;
}

}  // namespace chatmesh::persistence
