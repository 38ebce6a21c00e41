#include "tests/support/replica.hpp"

#include "tests/support/http_client.hpp"
#include "tests/support/wait.hpp"

#include <iterator>

namespace chatmesh::test {

namespace {

// Where objects carry a complete employee.
constexpr const char* embedded_at[] = {"author", "assigned_employee"};

bool is_employee(const json& object, const char* name) {
  const auto place = object.find(name);
  return place != object.end() && place->is_object() && place->contains("version");
}

std::uint64_t version_of(const json& object) {
  return object.at("version").get<std::uint64_t>();
}

std::string id_of(const json& object) {
  return object.at("id").get<std::string>();
}

}  // namespace

void replica::learn_employee(const json& employee) {
  auto& known = employees_[id_of(employee)];
  if (known.is_null() || version_of(known) < version_of(employee))
    known = employee;
}

void replica::learn_embedded(const json& object) {
  for (const auto* name : embedded_at)
    if (is_employee(object, name))
      learn_employee(object.at(name));
}

void replica::keep_newer(const std::string& entity, const json& object) {
  learn_embedded(object);
  if (entity == "employee")
    return learn_employee(object);
  auto& known = held_[entity][id_of(object)];
  if (known.is_null() || version_of(known) < version_of(object))
    known = object;
}

void replica::load(const std::string& entity, const json& items, const std::string& cursor) {
  for (const auto& item : items) {
    const auto tombstone = tombstones_.find(id_of(item));
    if (tombstone == tombstones_.end() || tombstone->second <= seq_of(cursor))
      keep_newer(entity, item);
  }
}

void replica::load_snapshot(const json& snapshot) {
  const auto cursor = snapshot.at("cursor").get<std::string>();
  load("company", json::array({snapshot.at("company")}), cursor);
  load("employee", snapshot.at("employees"), cursor);
  load("customer", snapshot.at("customers"), cursor);
  load("message", snapshot.at("messages"), cursor);
}

void replica::apply(const json& event) {
  const auto entity = event.at("entity").get<std::string>();
  const auto& object = event.at("object");
  if (event.at("action") == "deleted") {
    learn_embedded(object);
    return remove(entity, object, event.at("seq").get<std::uint64_t>());
  }
  const auto& store = entity == "employee" ? employees_ : held_[entity];
  const auto known = store.find(id_of(object));
  if (event.at("action") == "created" && version_of(object) != 1)
    throw format_error("created with another version than 1: " + event.dump());
  if (event.at("action") == "updated" && known != store.end() && version_of(object) > version_of(known->second) + 1)
    throw format_error("updated to a version with a gap: " + event.dump());
  keep_newer(entity, object);
}

void replica::remove(const std::string& entity, const json& object, std::uint64_t seq) {
  tombstones_[id_of(object)] = seq;
  if (entity == "employee")
    return learn_employee(object);  // still embedded where it is an author
  held_[entity].erase(id_of(object));
  if (entity != "customer")
    return;
  for (const auto* dependent : {"note", "message"})
    std::erase_if(held_[dependent], [&](const auto& entry) {
      const bool goes = entry.second.at("customer_id") == object.at("id");
      if (goes)
        tombstones_[entry.first] = seq;
      return goes;
    });
}

json replica::with_present_details(json object) const {
  for (const auto* name : embedded_at)
    if (is_employee(object, name))
      object[name] = employees_.at(id_of(object.at(name)));
  return object;
}

json replica::items(const std::string& entity) const {
  json all = json::object();
  if (entity == "employee") {
    for (const auto& [id, employee] : employees_)
      if (employee.at("status") != "removed")
        all[id] = employee;
    return all;
  }
  const auto store = held_.find(entity);
  if (store != held_.end())
    for (const auto& [id, object] : store->second)
      all[id] = with_present_details(object);
  return all;
}

json replica::latest_messages() const {
  std::map<std::string, json> latest;  // by customer; ids are UUIDv7 and so in the order of creation
  const auto messages = items("message");
  for (const auto& [id, message] : messages.items())
    latest[message.at("customer_id").get<std::string>()] = message;
  json all = json::object();
  for (const auto& [customer, message] : latest)
    all[id_of(message)] = message;
  return all;
}

json by_id(const json& items) {
  json all = json::object();
  for (const auto& item : items)
    if (!all.emplace(id_of(item), item).second)
      throw format_error("an id twice in one list: " + id_of(item));
  return all;
}

}  // namespace chatmesh::test
