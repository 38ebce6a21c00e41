// Who may do what (protocol §3, "Roles"): pure functions, asked inside the transaction that makes the change.
#pragma once

#include "domain/entities.hpp"

namespace chatmesh::domain {

enum class verdict : std::uint8_t { allowed, forbidden, last_owner };

verdict may_update_company(const employee& who);
verdict may_delete_company(const employee& who);
verdict may_read_audit(role of_who);
verdict may_write_api_token(const employee& who, role of);  // make and revoke one of that role
verdict may_create_employee(const employee& who, role wanted);
// `other_owners`: active owners of the company besides `target`.
verdict may_update_employee(const employee& who, const employee& target, const employee_fields& next,
                            std::uint64_t other_owners);
verdict may_remove_employee(const employee& who, const employee& target, std::uint64_t other_owners);
verdict may_write_note(const employee& who, const note& target);       // PUT, PATCH, DELETE
verdict may_edit_message(const employee& who, const message& target);  // PUT, PATCH
verdict may_delete_message(const employee& who, const message& target);

}  // namespace chatmesh::domain
