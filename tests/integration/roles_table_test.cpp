// Asks every question of docs/roles.md: each route, of each kind of object, by each who may ask.
#include "tests/integration/fixture.hpp"
#include "tests/support/images.hpp"
#include "tests/support/roles_table.hpp"

#include <functional>
#include <memory>

namespace chatmesh::test {

namespace {

std::string id_of(const written& made) {
  return made.object.at("id");
}

// One company with everybody whom the page names, and what they need.
struct cast {
  explicit cast(std::uint16_t port)
      : owner(sign_up(port, "Acme", "Ada Owner")), partner(invite(owner, "Pat Owner", "owner")),
        admin(invite(owner, "Bob Admin", "admin")), agent(invite(owner, "Cy Agent")),
        colleague(invite(owner, "Col League")), owners_key(owner, "o", "owner"), admins_key(owner, "a", "admin"),
        agents_key(owner, "g", "agent"), stranger(sign_up(port, "Other", "Sam Stranger")),
        elsewhere(sign_up(port, "Third", "Eli")), company(owner.read("")),
        customer(id_of(owner.create("/customers", {{"name", "Grace"}}))),
        guest(port, company.at("widget_key"), {{"name", "Vic"}}), nobody(port),
        partners_invitation(secret_of(send_invitation(elsewhere, "Pat", partner.user().at("email"), "agent"))) {}

  static std::string secret_of(const json& invited) { return invited.at("invitation").at("token"); }

  api_client& by_name(const std::string& name) {
    if (name == "visitor")
      return guest.api();
    return name == "nobody" ? nobody : as_member(name)->api();
  }

  // Nothing for those who are no member of any company.
  member* as_member(const std::string& name) {
    const std::pair<const char*, member*> all[] = {{"owner", &owner},
                                                   {"admin", &admin},
                                                   {"agent", &agent},
                                                   {"owner's key", &owners_key},
                                                   {"admin's key", &admins_key},
                                                   {"agent's key", &agents_key},
                                                   {"stranger", &stranger}};
    for (const auto& [known, who] : all)
      if (name == known)
        return who;
    return nullptr;
  }

  member owner, partner, admin, agent, colleague;
  program owners_key, admins_key, agents_key;
  member stranger, elsewhere;
  json company;
  std::string customer;
  visitor guest;
  api_client nobody;
  std::string partners_invitation;  // to another company
};

struct question {
  std::string method, path;
  std::optional<json> body;
};

// "an admin's role, to owner" -> admin; the last word of `of` where there is a target role -> owner
std::string role_in(const std::string& of) {
  for (const auto* role : {"agent", "admin", "owner"})
    if (of.starts_with("an " + std::string{role}))
      return role;
  return "agent";
}

void replace(std::string& text, const std::string& name, const std::function<std::string()>& value) {
  if (const auto at = text.find(name); at != std::string::npos)
    text.replace(at, name.size(), value());
}

class RolesTable : public server_test {
protected:
  cast& people() {
    if (!cast_)
      cast_ = std::make_unique<cast>(port());
    return *cast_;
  }

  // What the row asks when this one asks it: with an object made for it.
  question make(const role_row& row, const std::string& who) {
    question asked{row.method, row.pattern, {}};
    replace(asked.path, "{c}", [&] { return people().owner.company_id(); });
    replace(asked.path, "{widget_key}", [&] { return people().company.at("widget_key").get<std::string>(); });
    replace(asked.path, "{token}", [&] { return invitation(row.of, who); });
    replace(asked.path, "{id}", [&] { return object(row, who); });
    replace(asked.path, "{name}", [&] { return image(); });
    if (takes_image(asked))
      return asked;
    if (row.method == "POST" || row.method == "PUT" || row.method == "PATCH")
      asked.body = body(row, asked.path, who);
    return asked;
  }

  int ask(const question& asked, const std::string& who) {
    auto& api = people().by_name(who);
    if (takes_image(asked))
      return upload(api, asked.path).status;
    if (!asked.path.ends_with("/events"))
      return api.call(asked.method, asked.path, asked.body).status;
    http_client alone{port()};  // an answer that does not end
    alone.send(encode_request(asked.method, "/api/v1" + asked.path, api.headers(), {}));
    return alone.read_head().status;
  }

  // After this the one who asked is not what they were.
  static bool changes_people(const role_row& row) {
    return row.of == "oneself" || row.of.starts_with("the own role") ||
           (row.method == "DELETE" && (row.pattern == "/companies/{c}" || row.pattern == "/sessions/current"));
  }
  void start_over() { cast_.reset(); }

private:
  static bool takes_image(const question& asked) { return asked.method == "PUT" && asked.path.ends_with("/avatar"); }

  static http_response upload(api_client& by, const std::string& path) {
    auto headers = by.headers();
    headers.emplace_back("Content-Type", "image/png");
    return by.http().request("PUT", "/api/v1" + path, headers, images::png);
  }

  // The name of one that is there.
  std::string image() {
    auto& owner = people().owner;
    const auto made = upload(owner.api(), owner.path() + "/employees/" + owner.employee_id() + "/avatar").value();
    const auto url = made.at("avatar_url").get<std::string>();
    return url.substr(url.rfind('/') + 1);
  }

  std::string invitation(const std::string& of, const std::string& who) {
    if (of == "another's login")
      return people().partners_invitation;
    const auto email = of == "own login" ? people().as_member(who)->user().at("email").get<std::string>()
                                         : new_email("new");
    return cast::secret_of(send_invitation(people().elsewhere, "New", email, "agent"));
  }

  std::string object(const role_row& row, const std::string& who) {
    auto& all = people();
    auto& author = row.of == "own" ? *all.as_member(who) : all.colleague;
    const json text{{"customer_id", all.customer}, {"body", "x"}};
    if (row.of == "oneself" || row.of.starts_with("the own role"))
      return all.as_member(who)->employee_id();
    if (row.of == "inbound")
      return id_of(all.guest.say("x"));
    if (row.pattern.find("/employees/") != std::string::npos)
      return send_invitation(all.owner, "New", new_email("new"), role_in(row.of)).at("id");
    if (row.pattern.find("/api_tokens/") != std::string::npos)
      return id_of(all.owner.create("/api_tokens", {{"name", "x"}, {"role", role_in(row.of)}}));
    if (row.pattern.find("/notes/") != std::string::npos)
      return id_of(author.create("/notes", text));
    if (row.pattern.find("/messages/") != std::string::npos)
      return id_of(author.create("/messages", text));
    return id_of(author.create("/customers", {{"name", "x"}}));
  }

  // A body that is right for the route and changes something.
  json body(const role_row& row, const std::string& path, const std::string& who) {
    auto& all = people();
    if (row.method != "POST")
      return change(row, path, who);
    const auto kind = row.pattern.substr(row.pattern.rfind('/'));
    if (row.pattern == "/signup")
      return {{"company", {{"name", "x"}}}, {"name", "x"}, {"email", new_email("x")}, {"password", password}};
    if (row.pattern == "/sessions")
      return {{"email", all.colleague.user().at("email")}, {"password", password}};
    if (kind == "/accept")
      return row.of == "a new login" ? json{{"password", password}} : json::object();
    if (kind == "/employees")
      return {{"name", "x"}, {"email", new_email("x")}, {"role", role_in(row.of)}};
    if (kind == "/api_tokens")
      return {{"name", "x"}, {"role", role_in(row.of)}};
    if (row.pattern.starts_with("/widget/"))
      return kind == "/messages" ? json{{"body", "x"}} : json::object();
    if (kind == "/notes" || kind == "/messages")
      return {{"customer_id", all.customer}, {"body", "x"}};
    if (kind == "/typing")
      return {{"customer_id", all.customer}};
    return {{"name", "x"}};
  }

  json change(const role_row& row, const std::string& path, const std::string& who) {
    if (row.pattern.ends_with("/read")) {
      const auto customer = path.substr(0, path.rfind('/')).substr(path.find("/customers/") + 11);
      return {{"message_id", id_of(people().owner.create("/messages", {{"customer_id", customer}, {"body", "x"}}))}};
    }
    const auto field = row.pattern.find("/employees/") != std::string::npos ? "title"
                       : row.pattern.find("/notes/") != std::string::npos ||
                               row.pattern.find("/messages/") != std::string::npos
                           ? "body"
                           : "name";
    json changed = json::object();
    if (row.method == "PUT")
      changed = people().owner.api().call("GET", path).value();
    if (row.of == "the own role, to less")
      return {{"role", "agent"}};
    if (const auto to = row.of.find(", to "); to != std::string::npos)
      return {{"role", row.of.ends_with("more") ? (who == "agent" ? "admin" : "owner") : row.of.substr(to + 5)}};
    changed[field] = "changed " + random_token();
    return changed;
  }

  std::unique_ptr<cast> cast_;
};

}  // namespace

TEST_F(RolesTable, IsTrue) {
  for (const auto& row : read_roles_page()) {
    for (const auto& [who, status] : row.answers) {
      const auto asked = make(row, who);
      EXPECT_EQ(ask(asked, who), status) << who << ": " << asked.method << " " << row.pattern << " (" << row.of << ")";
      if (changes_people(row))
        start_over();
    }
  }
}

}  // namespace chatmesh::test
