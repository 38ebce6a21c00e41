// Every handler of protocol §3, by the file that holds it. Each is a coroutine on the io thread of its connection;
// http/routes.cpp joins it to a method and a path. Path segments are named {c} (company), {id}, {token} and
// {widget_key}.
#pragma once

#include "http/handler.hpp"

namespace chatmesh::http {

// account_handlers.cpp: logins, sessions, invitations
asio::awaitable<response> sign_up(services&, request&);
asio::awaitable<response> create_session(services&, request&);
asio::awaitable<response> get_session(services&, request&);
asio::awaitable<response> delete_session(services&, request&);
asio::awaitable<response> accept_invitation(services&, request&);

// company_handlers.cpp
asio::awaitable<response> create_company(services&, request&);
asio::awaitable<response> get_company(services&, request&);
asio::awaitable<response> put_company(services&, request&);
asio::awaitable<response> patch_company(services&, request&);
asio::awaitable<response> delete_company(services&, request&);

// employee_handlers.cpp
asio::awaitable<response> list_employees(services&, request&);
asio::awaitable<response> create_employee(services&, request&);
asio::awaitable<response> get_employee(services&, request&);
asio::awaitable<response> put_employee(services&, request&);
asio::awaitable<response> patch_employee(services&, request&);
asio::awaitable<response> delete_employee(services&, request&);

// avatar_handlers.cpp
asio::awaitable<response> put_avatar(services&, request&);
asio::awaitable<response> delete_avatar(services&, request&);
asio::awaitable<response> get_image(services&, request&);

// read_handlers.cpp
asio::awaitable<response> put_read(services&, request&);
asio::awaitable<response> list_reads(services&, request&);

// customer_handlers.cpp
asio::awaitable<response> list_customers(services&, request&);
asio::awaitable<response> create_customer(services&, request&);
asio::awaitable<response> get_customer(services&, request&);
asio::awaitable<response> put_customer(services&, request&);
asio::awaitable<response> patch_customer(services&, request&);
asio::awaitable<response> delete_customer(services&, request&);

// note_handlers.cpp
asio::awaitable<response> list_notes(services&, request&);
asio::awaitable<response> create_note(services&, request&);
asio::awaitable<response> get_note(services&, request&);
asio::awaitable<response> put_note(services&, request&);
asio::awaitable<response> patch_note(services&, request&);
asio::awaitable<response> delete_note(services&, request&);

// message_handlers.cpp
asio::awaitable<response> list_messages(services&, request&);
asio::awaitable<response> create_message(services&, request&);
asio::awaitable<response> get_message(services&, request&);
asio::awaitable<response> put_message(services&, request&);
asio::awaitable<response> patch_message(services&, request&);
asio::awaitable<response> delete_message(services&, request&);

// api_token_handlers.cpp
asio::awaitable<response> list_api_tokens(services&, request&);
asio::awaitable<response> create_api_token(services&, request&);
asio::awaitable<response> get_api_token(services&, request&);
asio::awaitable<response> delete_api_token(services&, request&);

// audit_handlers.cpp
asio::awaitable<response> list_audit(services&, request&);

// snapshot_handlers.cpp (protocol §5)
asio::awaitable<response> get_snapshot(services&, request&);

// widget_handlers.cpp: a customer's side, by bearer token only, with CORS
asio::awaitable<response> create_widget_session(services&, request&);
asio::awaitable<response> list_widget_messages(services&, request&);
asio::awaitable<response> create_widget_message(services&, request&);
asio::awaitable<response> post_widget_typing(services&, request&);
asio::awaitable<response> get_widget_events(services&, request&);  // widget_stream_handlers.cpp
asio::awaitable<response> preflight_widget(services&, request&);   // OPTIONS of each widget route

// stream_handlers.cpp (protocol §4)
asio::awaitable<response> post_typing(services&, request&);
asio::awaitable<response> get_presence(services&, request&);
asio::awaitable<response> get_events(services&, request&);
asio::awaitable<response> get_changes(services&, request&);

}  // namespace chatmesh::http
