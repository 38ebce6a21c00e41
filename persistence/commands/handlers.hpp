// One function per command; each runs inside its savepoint and answers, or throws refused_write or domain::invalid.
#pragma once

#include "persistence/commands/write_context.hpp"

namespace chatmesh::persistence {

written run(write_context&, const sign_up&);
written run(write_context&, const open_session&);
written run(write_context&, const close_session&);
written run(write_context&, const accept_invitation&);
written run(write_context&, const create_company&);
written run(write_context&, const create_employee&);
written run(write_context&, const create_customer&);
written run(write_context&, const create_note&);
written run(write_context&, const create_message&);
written run(write_context&, const mark_read&);
written run(write_context&, const set_avatar&);
written run(write_context&, const create_api_token&);
written run(write_context&, const revoke_api_token&);
written run(write_context&, const use_api_token&);
written run(write_context&, const open_widget_session&);
written run(write_context&, const update_object&);
written run(write_context&, const delete_object&);
written run(write_context&, const prune_log&);
written run(write_context&, const probe_database&);

// By entity; called by the two commands that name one.
written update_company(write_context&, const update_object&);
written update_employee(write_context&, const update_object&);
written update_customer(write_context&, const update_object&);
written update_note(write_context&, const update_object&);
written update_message(write_context&, const update_object&);
written delete_company(write_context&, const delete_object&);
written delete_employee(write_context&, const delete_object&);
written delete_customer(write_context&, const delete_object&);
written delete_note(write_context&, const delete_object&);
written delete_message(write_context&, const delete_object&);

// Removes the token and ends its streams: every row of the company that is committed from now on carries the higher
// number, so that whoever delivers one learns first that this token is over (protocol §4, "No one else").
void end_api_token(write_context&, const domain::id& company, const domain::id& token);

// Makes a company with the user as its owner: company.created, then employee.created.
struct founded {
  domain::company company;
  domain::employee owner;
};
founded found_company(write_context&, const domain::company_fields&, const domain::user&);

// {"user", "memberships": [{"company", "employee"}]}
domain::json user_with_memberships(write_context&, const domain::user&);

// The customer that a note or message names: a reference to none is a fault at /customer_id, `not_found`. A nil id has
// its fault already.
void check_customer(write_context&, const domain::id& company, const domain::id& customer, domain::faults& found);

}  // namespace chatmesh::persistence
