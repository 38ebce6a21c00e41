// The members of a company, and their invitations (protocol §2, §3).
#include "http/handlers.hpp"
#include "http/resource.hpp"
#include "http/settings.hpp"

namespace chatmesh::http {

asio::awaitable<response> list_employees(services& s, request& r) {
  return list(s, r, [] {
    return [](persistence::stores& stores, const member& who, const persistence::page_request& page) {
      return stores.list_employees(who.company, page);
    };
  });
}

// The invitation's secret is in this answer alone: a replay of it carries the employee without it.
asio::awaitable<response> create_employee(services& s, request& r) {
  const member who = co_await authenticate_member(s, r);
  const std::string secret = make_secret();
  persistence::create_employee command;
  command.fields = domain::read_new_employee(read_json(r), command.faults);
  command.invitation.token = hash_secret(secret);
  command.invitation.expires_at = who.now + s.settings.invitation_life;
  const domain::timestamp expires_at = command.invitation.expires_at;

  persistence::write_request wanted = member_write(who.proof, r, std::move(command));
  persistence::written done = co_await write(s, std::move(wanted));
  if (!done.replayed) {
    domain::json body = domain::parse_object(done.body);
    domain::json& invitation = body["invitation"];
    invitation["token"] = secret;
    invitation["url"] = public_base(s.settings, r) + "/#/invitations/" + secret;
    invitation["expires_at"] = domain::to_rfc3339(expires_at);
    done.body = domain::dump(body);
  }
  co_return created_answer(collection_path(who.company, "employees"), std::move(done));
}

asio::awaitable<response> get_employee(services& s, request& r) {
  return get_one(s, r, &persistence::stores::find_employee);
}

asio::awaitable<response> put_employee(services& s, request& r) {
  return replace(s, r, domain::entity::employee);
}

asio::awaitable<response> patch_employee(services& s, request& r) {
  return patch(s, r, domain::entity::employee);
}

asio::awaitable<response> delete_employee(services& s, request& r) {
  return remove(s, r, domain::entity::employee);
}

}  // namespace chatmesh::http
