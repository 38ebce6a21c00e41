// The verbs of the persistence tests: a database of its own for each, a writer that is asked and waited for, and
// people.
#pragma once

#include "domain/codec.hpp"
#include "persistence/database.hpp"
#include "persistence/sql/session.hpp"
#include "persistence/stores.hpp"
#include "persistence/writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_database.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::persistence::test {

inline constexpr std::chrono::seconds patience{60};  // only a failing test waits that long

using chatmesh::test::temporary_folder;

// A hash that no other call has answered.
inline secret_hash fresh_hash() {
  static std::uint8_t made[4] = {};
  secret_hash hash{};
  for (std::size_t i = 0; i < sizeof made && ++made[i] == 0; ++i) {
  }
  std::copy(std::begin(made), std::end(made), hash.begin());
  return hash;
}

inline domain::timestamp in(std::chrono::milliseconds delay) {
  return domain::now() + delay;
}

inline new_session fresh_session() {
  return {domain::id::make(), fresh_hash(), in(std::chrono::hours{1})};
}

// Opens once, from any thread; waiting threads go on then.
class gate {
public:
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, patience, [this] { return open_; }))
      throw std::runtime_error("the gate was never opened");
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

// What the writer told, in the order of telling.
class recorder : public commit_listener {
public:
  struct end {
    domain::id company;
    std::uint32_t epoch;
    std::uint64_t authority;
    std::vector<domain::id> sessions;
  };

  void committed(std::vector<domain::change> changes, bool) override {
    const std::lock_guard lock{mutex_};
    batches_.push_back(std::move(changes));
  }
  void ended(domain::id company, std::uint32_t epoch, std::uint64_t authority,
             std::vector<domain::id> sessions) override {
    const std::lock_guard lock{mutex_};
    ends_.push_back({company, epoch, authority, std::move(sessions)});
  }

  void doubted(domain::id company) override {
    const std::lock_guard lock{mutex_};
    doubted_.push_back(company);
  }
  void history_changed() override {
    const std::lock_guard lock{mutex_};
    ++history_changes_;
  }

  std::vector<domain::id> doubts() const {
    const std::lock_guard lock{mutex_};
    return doubted_;
  }
  int history_changes() const {
    const std::lock_guard lock{mutex_};
    return history_changes_;
  }
  std::vector<std::vector<domain::change>> commands() const {
    const std::lock_guard lock{mutex_};
    return batches_;
  }
  std::vector<domain::change> changes() const {
    std::vector<domain::change> all;
    for (const auto& each : commands())
      all.insert(all.end(), each.begin(), each.end());
    return all;
  }
  std::vector<end> ends() const {
    const std::lock_guard lock{mutex_};
    return ends_;
  }
  void forget() {
    const std::lock_guard lock{mutex_};
    batches_.clear();
    ends_.clear();
  }

private:
  mutable std::mutex mutex_;
  std::vector<std::vector<domain::change>> batches_;
  std::vector<end> ends_;
  std::vector<domain::id> doubted_;
  int history_changes_ = 0;
};

inline domain::json parse(const std::string& text) {
  return domain::json::parse(text);
}

inline domain::customer_fields customer_fields_of(std::string name, std::vector<std::string> tags = {},
                                                  std::optional<domain::id> assignee = {}) {
  domain::customer_fields fields;
  fields.name = std::move(name);
  fields.tags = std::move(tags);
  fields.assigned_employee_id = assignee;
  return fields;
}

inline create_customer customer_named(std::string name) {
  return {customer_fields_of(std::move(name))};
}

inline create_employee employee_named(std::string name, domain::optional_text email) {
  create_employee command;
  command.fields.name = std::move(name);
  command.fields.email = std::move(email);
  command.invitation = {fresh_hash(), in(std::chrono::hours{1})};
  return command;
}

// The event's `object`, as text.
inline std::string object_text(const domain::change& c) {
  return domain::dump(parse(c.data).at("object"));
}

inline std::string type_of(const domain::change& c) {
  return std::string{to_string(c.entity)} + "." + std::string{to_string(c.action)};
}

// A signed-in member.
struct person {
  domain::id user, session, company, employee;
  secret_hash token{};
  member_principal as_member() const { return {company, user, session}; }
  user_principal as_user() const { return {user, session}; }
};

class database_test : public ::testing::Test {
protected:
  database_test() {
    config.database = parse_database_url(place.url());
    config.writers = 1;  // tests hold it up to fill its queue
    prepare_database(config);
    reads = open_stores(config);
    restart_writer();
  }

  void restart_writer() {
    writer_.reset();
    writer_ = std::make_unique<writer>(config, told);
  }
  void stop_writer() { writer_.reset(); }
  writer& queue() { return *writer_; }

  write_outcome run(write_request request) {
    std::promise<write_outcome> answered;
    auto answer = answered.get_future();
    writer_->submit(std::move(request), [&](write_outcome outcome) { answered.set_value(std::move(outcome)); });
    if (answer.wait_for(patience) != std::future_status::ready)
      throw std::runtime_error("the writer did not answer");
    return answer.get();
  }

  // A command that must succeed.
  written write(principal who, command what) { return expect_written(run(request(std::move(who), std::move(what)))); }
  // A command that must be refused.
  refused refusal_of(principal who, command what) {
    return expect_refused(run(request(std::move(who), std::move(what))));
  }
  refusal why(principal who, command what) { return refusal_of(std::move(who), std::move(what)).why; }

  static write_request request(principal who, command what) {
    return {std::move(who), {}, {}, {}, {}, std::move(what)};
  }
  static written expect_written(write_outcome outcome) {
    if (const auto* no = std::get_if<refused>(&outcome))
      throw std::runtime_error("refused, reason " + std::to_string(static_cast<int>(no->why)));
    return std::get<written>(std::move(outcome));
  }
  static refused expect_refused(write_outcome outcome) {
    if (std::holds_alternative<written>(outcome))
      throw std::runtime_error("was not refused");
    return std::get<refused>(std::move(outcome));
  }

  // ---- people

  person sign_up_as(const std::string& name, const std::string& email, const std::string& company = "Acme") {
    sign_up command{{company, {}}, name, email, "hash of " + name, fresh_session()};
    const auto body = parse(write(anonymous{}, command).body);
    person made;
    made.user = id_at(body, "user");
    made.company = id_at(body, "company");
    made.employee = id_at(body, "employee");
    made.session = command.session.id;
    made.token = command.session.token;
    return made;
  }

  struct invited {
    domain::id employee;
    secret_hash token;
    std::string email;
  };
  invited invite(const person& by, const std::string& name, domain::role role = domain::role::agent) {
    create_employee command = employee_named(name, name + "@example.org");
    command.fields.role = role;
    const auto body = parse(write(by.as_member(), command).body);
    return {id_of(body), command.invitation.token, *command.fields.email};
  }

  person hire(const person& by, const std::string& name, domain::role role = domain::role::agent) {
    const invited open = invite(by, name, role);
    const accept_invitation command{open.token, {}, "hash of " + name, {}, fresh_session()};
    const auto body = parse(write(anonymous{}, command).body);
    return {id_at(body, "user"), command.session.id, by.company, open.employee, command.session.token};
  }

  // ---- objects

  domain::id add_customer(const person& by, domain::customer_fields fields) {
    return id_of(parse(write(by.as_member(), create_customer{std::move(fields)}).body));
  }
  domain::id add_customer(const person& by, const std::string& name) {
    return add_customer(by, customer_fields_of(name));
  }
  domain::id add_note(const person& by, const domain::id& customer, const std::string& body) {
    return id_of(parse(write(by.as_member(), create_note{{customer, body, false}}).body));
  }
  domain::id add_message(const person& by, const domain::id& customer, const std::string& body) {
    return id_of(parse(write(by.as_member(), create_message{{customer, body}}).body));
  }

  struct visit {
    visitor_principal who;
    secret_hash token;
  };
  visit open_widget(const person& of, domain::optional_text name = {}, std::optional<secret_hash> token = {}) {
    const std::string key = reads->find_company(of.company)->widget_key;
    const open_widget_session command{key, std::move(name), {}, token, fresh_hash(), in(std::chrono::hours{1})};
    const auto body = parse(write(anonymous{}, command).body);
    return {{of.company, id_at(body, "customer")}, command.new_token};
  }

  static update_object patch(domain::entity entity, const domain::id& object, const std::string& body) {
    return {entity, object, domain::parse_object(body), true};
  }
  static update_object put(domain::entity entity, const domain::id& object, const std::string& body) {
    return {entity, object, domain::parse_object(body), false};
  }

  static domain::id id_of(const domain::json& object) {
    return domain::id::parse(object.at("id").get<std::string>()).value();
  }
  static domain::id id_at(const domain::json& body, const char* member) { return id_of(body.at(member)); }

  std::uint64_t head(const person& of) { return reads->find_position(of.company)->head; }

  // The types of the events that were told since forget().
  std::vector<std::string> told_types() const {
    std::vector<std::string> types;
    for (const auto& each : told.changes())
      types.push_back(type_of(each));
    return types;
  }

  // Changes the database behind the writer's back, to make things old or broken.
  template <class... Values>
  void tamper(const char* sql, const Values&... values) {
    session db{config};
    statement{db.handle(), sql}.execute(values...);
  }

  temporary_folder folder;
  chatmesh::test::test_database place{folder.path()};
  settings config;
  recorder told;
  std::unique_ptr<stores> reads;

private:
  std::unique_ptr<writer> writer_;
};

}  // namespace chatmesh::persistence::test
