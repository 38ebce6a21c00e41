#include "app/demo.hpp"

#include "app/demo_data.hpp"
#include "domain/codec.hpp"
#include "http/auth.hpp"
#include "persistence/stores.hpp"

#include <sodium.h>

#include <array>
#include <future>
#include <map>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <utility>
#include <variant>

namespace chatmesh::app {

namespace {

using namespace std::chrono_literals;

// Nobody learns the demo's own sessions, and they end by themselves.
constexpr auto session_life = 10min;
constexpr auto invitation_life = 7 * 24h;

domain::optional_text optional(std::string_view text) {
  return text.empty() ? domain::optional_text{} : domain::optional_text{text};
}

std::string login_of(const demo::colleague& person) {
  return std::string{person.login} + std::string{demo::mail_domain};
}

domain::id id_at(const domain::json& object, std::string_view name = "id") {
  return domain::id::parse(object.at(name).get<std::string>()).value();
}

// What the database held before: decided in one read.
enum class before { nothing, the_demo, something_else };

before look(persistence::readers& readers) {
  auto found = std::make_shared<std::promise<before>>();
  const bool taken = readers.submit(
      [found](persistence::stores& stores) {
        const bool demo = stores.find_login(login_of(demo::colleagues().front())).has_value();
        found->set_value(!stores.has_company() ? before::nothing : demo ? before::the_demo : before::something_else);
      },
      [found] {
        found->set_exception(std::make_exception_ptr(std::runtime_error{"the demo can't read the database"}));
      });
  if (!taken)
    throw std::runtime_error{"the demo can't read the database"};
  return found->get_future().get();
}

// Writes the company step by step; each step is a command like any request's.
class author_of_demo {
public:
  author_of_demo(persistence::writer& writer, const demo_options& options) : writer_(writer), options_(options) {}

  void write_all() {
    found_company();
    for (const auto& person : demo::colleagues().subspan(1))
      add_colleague(person);
    for (const auto& client : demo::clients())
      add_client(client);
    for (const auto& remark : demo::remarks())
      write(members_.at(remark.author),
            persistence::create_note{{clients_.at(remark.client).id, std::string{remark.text}, remark.pinned}});
    for (const auto& thread : demo::threads())
      add_thread(thread);
  }

private:
  struct known_client {
    domain::id id;
    persistence::visitor_principal visitor;
  };

  // Gives the command to the writer and waits for its commit.
  domain::json write(persistence::principal who, persistence::command command) {
    auto done = std::make_shared<std::promise<persistence::write_outcome>>();
    persistence::write_request request{std::move(who), {}, {}, {}, {}, std::move(command)};
    writer_.submit(std::move(request), [done](persistence::write_outcome o) { done->set_value(std::move(o)); });
    const auto outcome = done->get_future().get();
    if (const auto* refused = std::get_if<persistence::refused>(&outcome)) {
      const auto why = refused->faults.empty() ? std::to_string(static_cast<int>(refused->why))
                                               : refused->faults.front().pointer + " " + refused->faults.front().detail;
      throw std::runtime_error{"the demo was refused by the writer: " + why};
    }
    return domain::parse_object(std::get<persistence::written>(outcome).body);
  }

  std::string hash_password() const {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), demo::password.data(), demo::password.size(), options_.password_passes,
                              options_.password_memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
      throw std::runtime_error{"the demo can't hash its password: memory is short"};
    return text.data();
  }

  static persistence::new_session new_session() {
    return {domain::id::make(), http::hash_secret(http::make_secret()), domain::now() + session_life};
  }

  domain::employee_fields fields_of(const demo::colleague& person) const {
    domain::employee_fields fields;
    fields.name = person.name;
    fields.email = login_of(person);
    fields.phone = person.phone;
    fields.title = person.title;
    fields.avatar_url = options_.base_url + "/avatars/" + std::string{person.login} + ".svg";
    fields.role = domain::parse_role(person.role).value();
    return fields;
  }

  void found_company() {
    const auto& founder = demo::colleagues().front();
    persistence::sign_up command{{std::string{demo::company_name}, {}},
                                 std::string{founder.name},
                                 login_of(founder),
                                 hash_password(),
                                 new_session()};
    const auto session = command.session.id;
    const auto made = write(persistence::anonymous{}, std::move(command));
    company_ = id_at(made.at("company"));
    widget_key_ = made.at("company").at("widget_key").get<std::string>();
    members_[founder.login] = {company_, id_at(made.at("user")), session};
    employees_[founder.login] = id_at(made.at("employee"));
    auto profile = domain::json::object();
    const auto fields = fields_of(founder);
    profile["phone"] = *fields.phone;
    profile["title"] = *fields.title;
    profile["avatar_url"] = *fields.avatar_url;
    patch(founder.login, domain::entity::employee, employees_.at(founder.login), std::move(profile));
  }

  void add_colleague(const demo::colleague& person) {
    const auto token = http::hash_secret(http::make_secret());
    const auto& founder = members_.at(demo::colleagues().front().login);
    const auto made = write(founder,
                            persistence::create_employee{fields_of(person), {token, domain::now() + invitation_life}});
    employees_[person.login] = id_at(made);
    if (!person.joined)
      return;
    persistence::accept_invitation command{token, {}, hash_password(), {}, new_session()};
    const auto session = command.session.id;
    const auto joined = write(persistence::anonymous{}, std::move(command));
    members_[person.login] = {company_, id_at(joined.at("user")), session};
  }

  // Comes in through the widget like any visitor, then a colleague adds what is known.
  void add_client(const demo::client& client) {
    const auto token = http::hash_secret(http::make_secret());
    const auto made = write(
        persistence::anonymous{},
        persistence::open_widget_session{
            widget_key_, optional(client.name), optional(client.email), {}, token, domain::now() + session_life});
    const auto customer = id_at(made.at("customer"));
    clients_[client.email] = {customer, {company_, customer}};
    auto known = domain::json::object();
    if (!client.phone.empty())
      known["phone"] = client.phone;
    if (!client.organization.empty())
      known["organization"] = client.organization;
    known["status"] = client.status;
    known["tags"] = domain::json::parse(client.tags);
    known["attributes"] = domain::json::parse(client.attributes);
    if (!client.assigned.empty())
      known["assigned_employee_id"] = employees_.at(client.assigned).to_string();
    const auto who = client.assigned.empty() ? demo::colleagues()[1].login : client.assigned;
    patch(who, domain::entity::customer, customer, std::move(known));
  }

  void add_thread(const demo::thread& thread) {
    const auto& client = clients_.at(thread.client);
    for (const auto& line : thread.lines) {
      persistence::principal who = client.visitor;
      if (!line.from.empty())
        who = members_.at(line.from);
      write(std::move(who), persistence::create_message{{client.id, std::string{line.text}}});
    }
  }

  void patch(std::string_view who, domain::entity entity, domain::id id, domain::json body) {
    write(members_.at(who), persistence::update_object{entity, id, std::move(body), true});
  }

  persistence::writer& writer_;
  const demo_options& options_;
  domain::id company_;
  std::string widget_key_;
  std::map<std::string_view, persistence::member_principal> members_;  // by login
  std::map<std::string_view, domain::id> employees_;                   // by login
  std::map<std::string_view, known_client> clients_;                   // by e-mail
};

void tell_logins(const demo_options& options, std::ostream& console) {
  console << "Demo company \"" << demo::company_name << "\": open " << options.base_url << " and log in as\n";
  for (const auto& person : demo::colleagues().first(3))
    console << "  " << login_of(person) << "  (" << person.role << ")\n";
  console << "with the password " << demo::password << "\n" << std::flush;
}

}  // namespace

void fill_demo(persistence::writer& writer, persistence::readers& readers, const demo_options& options,
               std::ostream& console) {
  switch (look(readers)) {
  case before::something_else:
    console << "The database holds a company already: no demo was added.\n" << std::flush;
    return;
  case before::nothing: author_of_demo{writer, options}.write_all(); break;
  case before::the_demo: break;
  }
  tell_logins(options, console);
}

}  // namespace chatmesh::app
