#include "persistence/commands/handlers.hpp"

#include <sodium.h>

#include <array>

namespace chatmesh::persistence {

namespace {

// 128 random bits, safe in a URL: names the company in its website's widget.
std::string make_widget_key() {
  std::array<unsigned char, 16> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string key(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  sodium_bin2base64(key.data(), key.size(), bytes.data(), bytes.size(), variant);
  key.pop_back();  // the terminator
  return key;
}

// Only a member's own company is in reach here.
domain::company find_own(write_context& c, const domain::id& company) {
  if (company != c.member().company_id)
    refuse(refusal::not_found);
  return require(c.stores.companies.find(company));
}

}  // namespace

founded found_company(write_context& c, const domain::company_fields& fields, const domain::user& user) {
  founded made;
  static_cast<domain::record&>(made.company) = c.new_record();
  static_cast<domain::company_fields&>(made.company) = fields;
  made.company.widget_key = make_widget_key();

  static_cast<domain::record&>(made.owner) = c.new_record();
  made.owner.company_id = made.company.id;
  made.owner.user_id = user.id;
  made.owner.name = user.name;
  made.owner.role = domain::role::owner;

  made.company.last_seq = change_log::first_seq;  // the log comes after its company's row
  c.stores.companies.insert(made.company);
  c.stores.log.open(made.company.id, randombytes_random());
  c.act_as(made.owner);
  c.tell(domain::action::created, made.company);
  c.number(made.owner);
  c.stores.employees.insert(made.owner);
  c.tell(domain::action::created, made.owner);
  return made;
}

written run(write_context& c, const create_company& asked) {
  const user_principal& who = c.user();
  return c.once(who.user, [&] {
    const founded made = found_company(c, asked.fields, require(c.stores.users.find(who.user)));
    domain::json body;
    body["company"] = domain::to_json(made.company);
    body["employee"] = domain::to_json(made.owner);
    return c.answer(body);
  });
}

written update_company(write_context& c, const update_object& asked) {
  domain::company current = find_own(c, asked.id);
  require(domain::may_update_company(c.member()));
  c.require_version(current);
  domain::company_fields next = asked.merge ? domain::merge_company(asked.body, current)
                                            : domain::read_company(asked.body);
  if (next == current)
    return c.unchanged(current);
  static_cast<domain::company_fields&>(current) = std::move(next);
  c.touch(current);
  c.stores.companies.update(current);
  return c.tell(domain::action::updated, current);
}

// The log stays readable: live streams still have to reach the event. prune_log erases the rest later.
written delete_company(write_context& c, const delete_object& asked) {
  const domain::company current = find_own(c, asked.id);
  require(domain::may_delete_company(c.member()));
  c.require_version(current);
  c.stores.companies.mark_deleted(current.id, c.now);
  return c.tell(domain::action::deleted, current);
}

}  // namespace chatmesh::persistence
