#include "domain/policy.hpp"

namespace chatmesh::domain {

namespace {

verdict allow_if(bool allowed) {
  return allowed ? verdict::allowed : verdict::forbidden;
}

// Someone removed since the request was authenticated has no power left.
bool is_at_least(const employee& who, role needed) {
  return who.status == employee_status::active && who.role >= needed;
}

bool wrote(const employee& who, const message& target) {
  return is_at_least(who, role::agent) && target.author.kind == author_kind::employee && target.author.id == who.id;
}

// Only owners touch owners.
bool may_manage(const employee& who, role of) {
  return is_at_least(who, of == role::owner ? role::owner : role::admin);
}

}  // namespace

verdict may_update_company(const employee& who) {
  return allow_if(is_at_least(who, role::admin));
}

verdict may_delete_company(const employee& who) {
  return allow_if(is_at_least(who, role::owner));
}

verdict may_read_audit(role of_who) {
  return allow_if(of_who >= role::admin);
}

verdict may_write_api_token(const employee& who, role of) {
  return allow_if(may_manage(who, of));
}

verdict may_create_employee(const employee& who, role wanted) {
  return allow_if(may_manage(who, wanted));
}

verdict may_update_employee(const employee& who, const employee& target, const employee_fields& next,
                            std::uint64_t other_owners) {
  const bool own_profile = who.id == target.id && next.role == target.role && is_at_least(who, role::agent);
  if (!own_profile && !(may_manage(who, target.role) && may_manage(who, next.role)))
    return verdict::forbidden;
  const bool demotes_owner = target.role == role::owner && next.role != role::owner;
  return demotes_owner && other_owners == 0 ? verdict::last_owner : verdict::allowed;
}

verdict may_remove_employee(const employee& who, const employee& target, std::uint64_t other_owners) {
  if (!may_manage(who, target.role))
    return verdict::forbidden;
  return target.role == role::owner && other_owners == 0 ? verdict::last_owner : verdict::allowed;
}

verdict may_write_note(const employee& who, const note& target) {
  const bool own = target.author.id == who.id && is_at_least(who, role::agent);
  return allow_if(own || is_at_least(who, role::admin));
}

verdict may_edit_message(const employee& who, const message& target) {
  if (target.direction == direction::inbound)
    return verdict::forbidden;
  return allow_if(wrote(who, target) || is_at_least(who, role::admin));
}

verdict may_delete_message(const employee& who, const message& target) {
  if (target.direction == direction::inbound)
    return allow_if(is_at_least(who, role::admin));
  return may_edit_message(who, target);
}

}  // namespace chatmesh::domain
