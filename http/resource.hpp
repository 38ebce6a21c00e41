// What the handlers of employees, customers, notes and messages share: each of them reads, lists, creates, replaces,
// patches and removes in the same way (protocol §1-§3).
#pragma once

#include "domain/codec.hpp"
#include "domain/etag.hpp"
#include "http/auth.hpp"
#include "http/conditions.hpp"
#include "http/input.hpp"
#include "http/problem.hpp"

namespace chatmesh::http {

// The answer to a GET of one object: 200, or 304 where If-None-Match names its tag.
response found_answer(const request&, std::string body, std::string etag);

// The answer to a write: the object, its tag and the cursor of its event.
response written_answer(unsigned status, persistence::written);
// 201 of something that can be read at `location`, the collection's path; its id comes from the written object.
response created_answer(std::string_view collection, persistence::written);
// 204 with the cursor of the event.
response removed_answer(const persistence::written&);

// Where the things of that kind are found, e.g. "/api/v1/companies/<id>/notes".
std::string collection_path(const domain::id& company, std::string_view kind);

// The write of a member, with all that the request says of it but If-Match. Only POSTs have an Idempotency-Key.
persistence::write_request member_write(persistence::principal, const request&, persistence::command);

// The write of a member that `make(company)` makes a command for. The writer proves the right inside its transaction,
// so a request without fault is not proven before; but what is wrong with one is told only to those who may ask.
template <class Make>
asio::awaitable<persistence::write_request> prepare_write(services& s, request& r, Make make) {
  const auto who = presented_principal(s, r);
  co_return co_await make_for_member(s, r, who, [&] { return member_write(who, r, make(who.company)); });
}

// POST. `read_command` makes the command of a body, with the body's faults.
using command_reader = persistence::command (*)(const domain::json& body);
asio::awaitable<response> create(services&, request&, std::string_view kind, command_reader read_command);

// PUT and PATCH. The writer reads the body against the current row, inside the transaction.
asio::awaitable<response> replace(services&, request&, domain::entity);
asio::awaitable<response> patch(services&, request&, domain::entity);

// DELETE.
asio::awaitable<response> remove(services&, request&, domain::entity);

// A page of a list as the protocol writes it; what else it carries follows, and its cursor ends it.
template <class T>
void begin_page(domain::json_writer& out, const persistence::page<T>& page) {
  out.begin_object();
  out.member("items", page.items);
  out.member("next", page.next);
}
std::string end_page(domain::json_writer out, std::string_view cursor);

// Where the company stands; problem 404 for one that is gone.
domain::cursor head_cursor(persistence::stores&, const domain::id& company);

// GET of one: `find` is the store's function for it.
template <class T>
using finder = std::optional<T> (persistence::stores::*)(const domain::id& company, const domain::id& wanted);

template <class T>
asio::awaitable<response> get_one(services& s, request& r, finder<T> find) {
  const auto make = [&r, find] {
    return [wanted = r.segment_id("id"), find](persistence::stores& stores, const member& who) {
      return (stores.*find)(who.company, wanted);
    };
  };
  const std::optional<T> found = co_await read_as_member(s, r, make);
  if (!found)
    throw not_found();
  co_return found_answer(r, domain::to_text(*found), domain::etag(*found));
}

// GET of a list of a member's company. `make()` makes what reads a page: read_page(stores&, const member&,
// const page_request&), in the transaction that reads the cursor.
template <class Make>
asio::awaitable<response> list(services& s, request& r, Make make) {
  const auto make_job = [&r, &make] {
    return [read_page = make(), wanted = read_page_request(r)](persistence::stores& stores, const member& who) {
      domain::json_writer out;
      begin_page(out, read_page(stores, who, wanted));
      return end_page(std::move(out), domain::to_string(head_cursor(stores, who.company)));
    };
  };
  response answer;
  answer.body = co_await read_as_member(s, r, make_job);
  co_return answer;
}

}  // namespace chatmesh::http
