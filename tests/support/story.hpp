// The verbs of a ChatMesh story: who signs up, who is invited, who writes what. All speak HTTP only.
#pragma once

#include "tests/support/http_client.hpp"
#include "tests/support/sse_client.hpp"

#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

namespace chatmesh::test {

// An answer with another status than the story wants.
struct unexpected_answer : std::runtime_error {
  unexpected_answer(const std::string& request, const http_response&);
  http_response answer;
};

// What a write made.
struct written {
  json object;
  std::string cursor;  // of its last event
  std::string etag;
};

// A client of the API: one connection, and the headers that say who asks.
class api_client {
public:
  explicit api_client(endpoint to) : http_(std::move(to)) {}

  std::string token;   // Authorization: Bearer; empty = not sent
  std::string client;  // Chatmesh-Client; empty = not sent

  // Any answer is an answer. `path` is relative to /api/v1.
  http_response call(std::string_view method, const std::string& path, const std::optional<json>& body = {},
                     const header_list& more = {});

  header_list headers() const;
  http_client& http() { return http_; }
  const endpoint& where() const { return http_.where(); }

private:
  http_client http_;
};

// A signed-in employee of one company at one client (a browser tab). Paths are relative to the company: "" is the
// company itself, "/customers" its customers. For one thread at a time.
class member {
public:
  member(endpoint, std::string token, std::string company_id, json user, json employee);

  // The same session at another client, with a connection of its own.
  member another_tab() const;
  // The same person with a session of its own.
  member another_session() const;
  // The same session and client at another server.
  member at(const endpoint& other) const;

  // ---- any answer
  http_response call(std::string_view method, const std::string& path, const std::optional<json>& body = {},
                     const header_list& more = {});
  http_response get(const std::string& path, const header_list& more = {}) { return call("GET", path, {}, more); }
  http_response post(const std::string& path, const json& body, const header_list& more = {}) {
    return call("POST", path, body, more);
  }
  http_response put(const std::string& path, const json& body, const header_list& more = {}) {
    return call("PUT", path, body, more);
  }
  http_response patch(const std::string& path, const json& body, const header_list& more = {}) {
    return call("PATCH", path, body, more);
  }
  http_response del(const std::string& path, const header_list& more = {}) { return call("DELETE", path, {}, more); }

  // ---- what must succeed, else unexpected_answer
  written create(const std::string& collection, const json& body);
  written replace(const std::string& path, const json& body);
  written merge(const std::string& path, const json& body);
  std::string remove(const std::string& path);  // the cursor
  json read(const std::string& path);
  json read_list(const std::string& path, int limit = 500);  // all pages' items
  std::string head();                                        // the company's head cursor now

  // The event stream; for this client (echo suppression) unless the options name another. Waits for `hello`, so that
  // what is written after this call is live for it. The stream may begin with `goodbye` instead.
  std::unique_ptr<sse_client> open_stream(stream_options = {}) const;
  std::unique_ptr<sse_client> open_stream_from(const std::string& cursor, stream_options = {}) const;

  api_client& api() { return api_; }
  std::string token() const { return api_.token; }
  std::string client() const { return api_.client; }
  const endpoint& where() const { return api_.where(); }
  std::uint16_t port() const { return where().port; }
  std::string company_id() const { return company_id_; }
  std::string employee_id() const { return employee_.at("id"); }
  std::string path() const { return "/companies/" + company_id_; }
  json self() const { return employee_; }
  json user() const { return user_; }
  json by() const;  // as this member's events name the author

protected:
  void act_as_token() { kind_ = "token"; }

private:
  api_client api_;
  std::string company_id_;
  json user_;
  json employee_;
  std::string kind_ = "employee";
};

// A program with an API token that `host` has made. Its employee is the token's object, without the secret.
class program : public member {
public:
  program(member& host, const std::string& name, const std::string& role = "agent");
  std::string token_id() const { return employee_id(); }
  std::string token_path() const { return "/api_tokens/" + token_id(); }  // relative to the company

private:
  struct made_token {
    json object;
  };
  program(const member& host, const made_token&);
};

inline constexpr const char* password = "correct horse battery";

// A new company with its owner.
member sign_up(const endpoint&, const std::string& company_name, const std::string& person);

// A new employee, invited by `host`, who accepts and signs in.
member invite(member& host, const std::string& person, const std::string& role = "agent");
// The steps of it: the invitation (201's body), and its acceptance by somebody without a session.
json send_invitation(member& host, const std::string& person, const std::string& email, const std::string& role);
member accept_invitation(const endpoint&, const std::string& company_id, const std::string& invitation_token);
// Somebody who is signed in already joins another company.
member accept_as(const member& existing, const std::string& company_id, const std::string& invitation_token);

member log_in(const endpoint&, const std::string& company_id, const std::string& email);

std::string new_email(const std::string& person);  // never the same one twice in a process
std::string random_token();                        // for Chatmesh-Client and Idempotency-Key
json without(json object, std::initializer_list<const char*> members);

// A customer in the chat widget of a company's site.
class visitor {
public:
  visitor(endpoint, const std::string& widget_key, const json& who);
  written say(const std::string& body);
  // The customer's event stream; waits for `hello`, or for a goodbye in its place.
  std::unique_ptr<sse_client> open_stream(stream_options options = {}) const;
  std::string customer_id() const { return customer_.at("id"); }
  json customer() const { return customer_; }
  api_client& api() { return api_; }

private:
  api_client api_;
  json customer_;
};

}  // namespace chatmesh::test
