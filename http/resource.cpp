#include "http/resource.hpp"

namespace chatmesh::http {

namespace {

domain::id target_of(const request& r, domain::entity entity, const domain::id& company) {
  return entity == domain::entity::company ? company : r.segment_id("id");
}

asio::awaitable<response> update(services& s, request& r, domain::entity entity, bool merge) {
  auto wanted = co_await prepare_write(s, r, [&](const domain::id& company) {
    persistence::update_object command;
    command.entity = entity;
    command.id = target_of(r, entity, company);
    command.body = read_json(r, merge ? body_kind::merge_patch : body_kind::object);
    command.merge = merge;
    check_conditions(r);  // a fault of it is one of the request
    return command;
  });
  persistence::written done = co_await write_on_conditions(s, r, std::move(wanted));
  co_return written_answer(200, std::move(done));
}

void add_cursor(response& answer, const persistence::written& done) {
  if (done.cursor)
    answer.headers.emplace_back("Chatmesh-Cursor", domain::to_string(*done.cursor));
}

}  // namespace

response found_answer(const request& r, std::string body, std::string etag) {
  response answer;
  if (matches_none(r, etag)) {
    answer.status = 304;
    answer.content_type.clear();
  } else {
    answer.body = std::move(body);
  }
  answer.headers.emplace_back("ETag", std::move(etag));
  return answer;
}

response written_answer(unsigned status, persistence::written done) {
  response answer;
  answer.status = status;
  if (!done.etag.empty())
    answer.headers.emplace_back("ETag", std::move(done.etag));
  add_cursor(answer, done);
  if (done.replayed)
    answer.headers.emplace_back("Idempotency-Replayed", "true");
  answer.body = std::move(done.body);
  return answer;
}

response created_answer(std::string_view collection, persistence::written done) {
  const domain::json object = domain::parse_object(done.body);
  std::string location = std::string{collection} + "/" + object.at("id").get<std::string>();
  response answer = written_answer(201, std::move(done));
  answer.headers.emplace_back("Location", std::move(location));
  return answer;
}

response removed_answer(const persistence::written& done) {
  response answer;
  answer.status = 204;
  answer.content_type.clear();
  add_cursor(answer, done);
  return answer;
}

std::string collection_path(const domain::id& company, std::string_view kind) {
  return "/api/v1/companies/" + company.to_string() + "/" + std::string{kind};
}

persistence::write_request member_write(persistence::principal who, const request& r, persistence::command command) {
  persistence::write_request wanted;
  wanted.who = who;
  wanted.client = client_token(r);
  if (r.method == "POST")
    wanted.key = read_idempotency(r);
  wanted.command = std::move(command);
  return wanted;
}

asio::awaitable<response> create(services& s, request& r, std::string_view kind, command_reader read_command) {
  domain::id home;
  auto wanted = co_await prepare_write(s, r, [&](const domain::id& company) {
    home = company;
    return read_command(read_json(r));
  });
  persistence::written done = co_await write(s, std::move(wanted));
  co_return created_answer(collection_path(home, kind), std::move(done));
}

asio::awaitable<response> replace(services& s, request& r, domain::entity entity) {
  return update(s, r, entity, false);
}

asio::awaitable<response> patch(services& s, request& r, domain::entity entity) {
  return update(s, r, entity, true);
}

asio::awaitable<response> remove(services& s, request& r, domain::entity entity) {
  auto wanted = co_await prepare_write(s, r, [&](const domain::id& company) {
    persistence::delete_object command;
    command.entity = entity;
    command.id = target_of(r, entity, company);
    check_conditions(r);
    return command;
  });
  const persistence::written done = co_await write_on_conditions(s, r, std::move(wanted));
  co_return removed_answer(done);
}

std::string end_page(domain::json_writer out, std::string_view cursor) {
  out.member("cursor", cursor);
  out.end_object();
  return std::move(out).take();
}

domain::cursor head_cursor(persistence::stores& stores, const domain::id& company) {
  const auto position = stores.find_position(company);
  if (!position)
    throw not_found();
  return {position->epoch, position->head};
}

}  // namespace chatmesh::http
