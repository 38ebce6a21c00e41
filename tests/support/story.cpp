#include "tests/support/story.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <utility>

namespace chatmesh::test {

namespace {

const http_response& require(int status, const std::string& request, const http_response& answer) {
  if (answer.status != status)
    throw unexpected_answer(request, answer);
  return answer;
}

written as_written(const http_response& answer) {
  return {answer.value(), answer.cursor(), answer.header("ETag").value_or("")};
}

json membership_in(const json& signed_in, const std::string& company_id) {
  for (const auto& membership : signed_in.at("memberships"))
    if (membership.at("company").at("id") == company_id)
      return membership.at("employee");
  throw format_error("no membership in company " + company_id + " in " + signed_in.dump());
}

member from_session(const endpoint& at, const std::string& company_id, const json& signed_in) {
  return {at, signed_in.at("session").at("token"), company_id, signed_in.at("user"),
          membership_in(signed_in, company_id)};
}

}  // namespace

unexpected_answer::unexpected_answer(const std::string& request, const http_response& a)
    : std::runtime_error(request + " was answered with " + std::to_string(a.status) + " " + a.body), answer(a) {}

http_response api_client::call(std::string_view method, const std::string& path, const std::optional<json>& body,
                               const header_list& more) {
  auto all = headers();
  all.insert(all.end(), more.begin(), more.end());
  return http_.request(method, "/api/v1" + path, all, body ? std::optional{body->dump()} : std::nullopt);
}

header_list api_client::headers() const {
  header_list all;
  if (!token.empty())
    all.emplace_back("Authorization", "Bearer " + token);
  if (!client.empty())
    all.emplace_back("Chatmesh-Client", client);
  return all;
}

member::member(endpoint at, std::string token, std::string company_id, json user, json employee)
    : api_(std::move(at)), company_id_(std::move(company_id)), user_(std::move(user)), employee_(std::move(employee)) {
  api_.token = std::move(token);
  api_.client = random_token();
}

member member::another_tab() const {
  return {where(), token(), company_id_, user_, employee_};
}

member member::at(const endpoint& other) const {
  member moved{other, token(), company_id_, user_, employee_};
  moved.api_.client = api_.client;
  moved.kind_ = kind_;
  return moved;
}

member member::another_session() const {
  return log_in(where(), company_id_, user_.at("email"));
}

http_response member::call(std::string_view method, const std::string& path, const std::optional<json>& body,
                           const header_list& more) {
  return api_.call(method, this->path() + path, body, more);
}

written member::create(const std::string& collection, const json& body) {
  return as_written(require(201, "POST " + collection, post(collection, body)));
}

written member::replace(const std::string& path, const json& body) {
  return as_written(require(200, "PUT " + path, put(path, body)));
}

written member::merge(const std::string& path, const json& body) {
  return as_written(require(200, "PATCH " + path, patch(path, body)));
}

std::string member::remove(const std::string& path) {
  return require(204, "DELETE " + path, del(path)).cursor();
}

json member::read(const std::string& path) {
  return require(200, "GET " + path, get(path)).value();
}

json member::read_list(const std::string& path, int limit) {
  json items = json::array();
  const auto first = path + (path.find('?') == std::string::npos ? "?" : "&") + "limit=" + std::to_string(limit);
  for (auto target = first;;) {
    const auto page = read(target);
    items.insert(items.end(), page.at("items").begin(), page.at("items").end());
    if (page.at("next").is_null())
      return items;
    target = first + "&after=" + page.at("next").get<std::string>();
  }
}

std::string member::head() {
  return read("/changes").at("cursor");
}

std::unique_ptr<sse_client> member::open_stream(stream_options options) const {
  if (options.client.empty())
    options.client = client();
  const auto paused = options.paused || options.cut_after != stream_options{}.cut_after;
  header_list headers{{"Authorization", "Bearer " + token()}};
  auto stream = std::make_unique<sse_client>(where(), "/api/v1" + path() + "/events", headers, options);
  if (!paused)
    stream->wait_for("hello or goodbye", [](const sse_frame& f) { return f.event == "hello" || f.event == "goodbye"; });
  return stream;
}

std::unique_ptr<sse_client> member::open_stream_from(const std::string& cursor, stream_options options) const {
  options.last_event_id = cursor;
  return open_stream(std::move(options));
}

json member::by() const {
  return {{"kind", kind_}, {"id", employee_id()}, {"name", employee_.at("name")}};
}

program::program(member& host, const std::string& name, const std::string& role)
    : program(host, made_token{host.create("/api_tokens", {{"name", name}, {"role", role}}).object}) {}

program::program(const member& host, const made_token& made)
    : member(host.where(), made.object.at("token"), host.company_id(), json::object(),
             without(made.object, {"token"})) {
  act_as_token();
}

member sign_up(const endpoint& at, const std::string& company_name, const std::string& person) {
  api_client api{at};
  const json body{
      {"company", {{"name", company_name}}}, {"name", person}, {"email", new_email(person)}, {"password", password}};
  const auto made = require(201, "POST /signup", api.call("POST", "/signup", body)).value();
  return {at, made.at("session").at("token"), made.at("company").at("id"), made.at("user"), made.at("employee")};
}

json send_invitation(member& host, const std::string& person, const std::string& email, const std::string& role) {
  return host.create("/employees", {{"name", person}, {"email", email}, {"role", role}}).object;
}

member accept_invitation(const endpoint& at, const std::string& company_id, const std::string& invitation_token) {
  api_client api{at};
  const auto path = "/invitations/" + invitation_token + "/accept";
  const auto made = require(201, "POST " + path, api.call("POST", path, json{{"password", password}})).value();
  return from_session(at, company_id, made);
}

member accept_as(const member& existing, const std::string& company_id, const std::string& invitation_token) {
  api_client api{existing.where()};
  api.token = existing.token();
  const auto path = "/invitations/" + invitation_token + "/accept";
  const auto made = require(201, "POST " + path, api.call("POST", path, json::object())).value();
  return from_session(existing.where(), company_id, made);
}

member invite(member& host, const std::string& person, const std::string& role) {
  const auto invited = send_invitation(host, person, new_email(person), role);
  return accept_invitation(host.where(), host.company_id(), invited.at("invitation").at("token"));
}

member log_in(const endpoint& at, const std::string& company_id, const std::string& email) {
  api_client api{at};
  const json body{{"email", email}, {"password", password}};
  return from_session(at, company_id, require(201, "POST /sessions", api.call("POST", "/sessions", body)).value());
}

std::string new_email(const std::string& person) {
  static std::atomic<int> made = 0;
  std::string local;
  for (const char c : person)
    if (std::isalnum(static_cast<unsigned char>(c)))
      local += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return local + std::to_string(++made) + "@example.com";
}

std::string random_token() {
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device source;
  std::string token;
  for (int i = 0; i < 24; ++i)
    token += letters[source() % letters.size()];
  return token;
}

json without(json object, std::initializer_list<const char*> members) {
  for (const auto* name : members)
    object.erase(name);
  return object;
}

visitor::visitor(endpoint at, const std::string& widget_key, const json& who) : api_(std::move(at)) {
  const auto path = "/widget/" + widget_key + "/sessions";
  const auto made = require(201, "POST " + path, api_.call("POST", path, who)).value();
  api_.token = made.at("token");
  customer_ = made.at("customer");
}

std::unique_ptr<sse_client> visitor::open_stream(stream_options options) const {
  options.widget = true;
  auto stream = std::make_unique<sse_client>(api_.where(), "/api/v1/widget/events", api_.headers(), options);
  if (!options.paused)
    stream->wait_for("hello or goodbye", [](const sse_frame& f) { return f.event == "hello" || f.event == "goodbye"; });
  return stream;
}

written visitor::say(const std::string& body) {
  return as_written(require(201, "POST /widget/messages", api_.call("POST", "/widget/messages", json{{"body", body}})));
}

}  // namespace chatmesh::test
