// One of several concurrent writers that write anything that a member may write, and now and then what it may not.
#pragma once

#include "tests/support/random.hpp"
#include "tests/support/story.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::test {

// The objects that the writers know, for all of them. Some may be gone already: that is part of the game.
class shared_ids {
public:
  void add(const std::string& collection, const std::string& id) {
    const std::lock_guard lock{mutex_};
    ids_[collection].push_back(id);
  }
  std::optional<std::string> any(const std::string& collection, random_engine& random) {
    const std::lock_guard lock{mutex_};
    const auto& all = ids_[collection];
    if (all.empty())
      return {};
    return all[random_below(random, all.size())];
  }

private:
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> ids_;
};

// Writes that were answered with an object and made an event of it.
using accomplished = std::vector<written>;

class random_writer {
public:
  // How a request goes out; a test may add to it and look at its answer. `path` is relative to /api/v1.
  using sender = std::function<http_response(api_client& as, const std::string& method, const std::string& path,
                                             const std::optional<json>& body, const header_list& headers)>;

  random_writer(
      member who, std::string widget_key, shared_ids& ids, std::uint64_t seed,
      sender send = [](api_client& as, const std::string& method, const std::string& path,
                       const std::optional<json>& body,
                       const header_list& headers) { return as.call(method, path, body, headers); })
      : who_(std::move(who)), widget_key_(std::move(widget_key)), ids_(ids), random_(seed), send_(std::move(send)) {}

  // One write of a random kind. Throws unexpected_answer where the server answers what no race of writers explains.
  void write() {
    switch (random_below(random_, 16)) {
    case 0:
    case 1:
    case 2: return create("/customers", customer());
    case 3:
    case 4: return change("PATCH", "/customers", {{"status", pick({"open", "snoozed", "closed"})}, {"phone", word()}});
    case 5: return change("PUT", "/customers", customer());
    case 6: return remove("/customers");
    case 7:
    case 8: return create_under_customer("/notes", {{"body", word()}, {"pinned", random_below(random_, 2) == 0}});
    case 9: return change("PATCH", "/notes", {{"body", word()}});
    case 10: return remove(pick({"/notes", "/messages"}));
    case 11: return create_under_customer("/messages", {{"body", word()}});
    case 12: return change("PATCH", "/messages", {{"body", word()}});
    case 13: return change_people();
    case 14: return visit();
    default: return change("PATCH", "", {{"name", "Acme " + word()}});
    }
  }

  const accomplished& accomplished_writes() const { return done_; }

private:
  std::string word() { return "word" + std::to_string(random_below(random_, 1'000)); }

  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[random_below(random_, words.size())];
  }

  json customer() {
    json body{{"name", "Customer " + word()}, {"tags", {word()}}, {"attributes", {{word(), random_below(random_, 9)}}}};
    const auto people = ids_.any("/employees", random_);
    body["assigned_employee_id"] = random_below(random_, 3) == 0 ? json(who_.employee_id())
                                   : people                      ? json(*people)
                                                                 : json();
    return body;
  }

  void take(const std::string& request, const http_response& answer, const std::string& collection = {}) {
    switch (answer.status) {
    case 200:
    case 201: {
      const auto object = answer.value();
      if (answer.status == 201)
        ids_.add(collection, object.at("id"));
      if (!answer.cursor().empty())
        done_.push_back({without(object, {"invitation"}), answer.cursor(), {}});
      return;
    }
    case 204:
    case 403:  // another's note or message, or an agent's try at the company
    case 404:  // gone meanwhile
    case 409:  // the last owner
    case 412:  // changed meanwhile
    case 422:  // refers to what is gone
      return;
    default: throw unexpected_answer(request, answer);
    }
  }

  // `path` is relative to the company.
  http_response ask(const std::string& method, const std::string& path, const std::optional<json>& body,
                    const header_list& headers = {}) {
    return send_(who_.api(), method, who_.path() + path, body, headers);
  }

  void create(const std::string& collection, const json& body) {
    take("POST " + collection, ask("POST", collection, body), collection);
  }

  void create_under_customer(const std::string& collection, json body) {
    const auto customer = ids_.any("/customers", random_);
    if (!customer)
      return create("/customers", this->customer());
    body["customer_id"] = *customer;
    create(collection, body);
  }

  void change(const std::string& method, const std::string& collection, const json& body) {
    std::string path = collection;
    if (!collection.empty()) {
      const auto id = ids_.any(collection, random_);
      if (!id)
        return;
      path += "/" + *id;
    }
    header_list more;
    if (random_below(random_, 4) == 0)
      more.emplace_back("If-Match", "\"" + std::to_string(1 + random_below(random_, 3)) + "\"");
    take(method + " " + path, ask(method, path, body, more));
  }

  void remove(const std::string& collection) {
    const auto id = ids_.any(collection, random_);
    if (id)
      take("DELETE " + collection, ask("DELETE", collection + "/" + *id, {}));
  }

  void change_people() {
    switch (random_below(random_, 4)) {
    case 0:
      return create("/employees",
                    {{"name", "Guest " + word()}, {"email", new_email("guest")}, {"role", pick({"agent", "admin"})}});
    case 1: return change("PATCH", "/employees", {{"title", word()}});
    case 2: return remove("/employees");  // of the invited guests only; the writers are not among the ids
    default: {
      const auto path = "/employees/" + who_.employee_id();
      return take("PATCH " + path, ask("PATCH", path, json{{"title", word()}}));
    }
    }
  }

  void visit() {
    if (!visitor_ || random_below(random_, 4) == 0) {
      visitor_.emplace(who_.where(), widget_key_, json{{"name", "Visitor " + word()}});
      ids_.add("/customers", visitor_->customer_id());
    }
    const auto answer = send_(visitor_->api(), "POST", "/widget/messages", json{{"body", word()}}, {});
    if (answer.status == 201)
      ids_.add("/messages", answer.value().at("id"));
    else if (answer.status == 401 || answer.status == 404)
      visitor_.reset();  // somebody deleted the customer
    else
      throw unexpected_answer("POST /widget/messages", answer);
  }

  member who_;
  std::string widget_key_;
  shared_ids& ids_;
  random_engine random_;
  sender send_;
  std::optional<visitor> visitor_;
  accomplished done_;
};

}  // namespace chatmesh::test
