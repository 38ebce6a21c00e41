#include "http/widget_stream.hpp"

#include "domain/codec.hpp"

#include <utility>

namespace chatmesh::http {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A customer is told nothing of the company's programs: what one wrote is its signer's, whom the message names anyway;
// what nobody has signed is the system's.
void hide_program(domain::json& data) {
  domain::json& by = data.at("by");
  if (by.at("kind") != "token")
    return;
  by = {{"kind", "system"}, {"id", nullptr}, {"name", ""}};
  if (!data.contains("object"))
    return;
  const domain::json& signer = data.at("object").at("author");
  if (signer.at("kind") == "employee")
    by = {{"kind", signer.at("kind")}, {"id", signer.at("id")}, {"name", signer.at("name")}};
}

}  // namespace

// A quote inside a JSON string is escaped, so no text that somebody wrote looks like these members. Both kinds of
// object have no members of free name.
widget_stream::widget_stream(std::shared_ptr<sse_stream> peer, const domain::id& company, const domain::id& customer,
                             cursor_seal seal, std::function<domain::frame_ptr()> farewell)
    : peer_(std::move(peer)), customer_(customer), of_customer_(R"("customer_id":")" + customer.to_string() + '"'),
      customer_ends_(R"("object":{"id":")" + customer.to_string() + R"(","company_id":")" + company.to_string() + '"'),
      seal_(seal), farewell_(std::move(farewell)) {}

void widget_stream::start(actors::stream::listener& on) {
  on_ = &on;
  peer_->start(*this);
}

void widget_stream::on_writable() {
  ready_ = !over_;
  if (ready_)
    on_->on_writable();
}

void widget_stream::on_closed() {
  on_->on_closed();
}

void widget_stream::send(std::span<const domain::frame_ptr> frames) {
  std::vector<domain::frame_ptr> seen;
  for (const auto& each : frames) {
    if (ends_here(*each)) {
      seen.push_back(farewell_());
      over_ = true;
      break;
    }
    if (auto frame = each->kind == domain::frame_kind::goodbye ? each : view(*each))
      seen.push_back(std::move(frame));
  }
  // To the actor the stream is not silent while others' events pass by.
  const auto now = std::chrono::steady_clock::now();
  if (seen.empty() && !frames.empty() && written_ + heartbeat_ <= now)
    seen.push_back(view(*domain::encode_heartbeat({}, domain::now())));
  if (!seen.empty()) {
    written_ = now;
    peer_->send(seen);
  }
  ready_ = peer_->ready() && !over_;
  if (over_)
    peer_->close(true);
}

void widget_stream::send_shared(std::span<const domain::frame_ptr> events, const domain::frame_ptr&) {
  send(events);
}

void widget_stream::close(bool flush) {
  if (!flush || !over_)  // over: it closes by itself once all is out
    peer_->close(flush);
}

domain::frame_ptr widget_stream::view(const domain::frame& f) {
  switch (f.kind) {
  case domain::frame_kind::hello: return view_hello(f);
  case domain::frame_kind::reset: return view_reset(f);
  case domain::frame_kind::event: return view_event(f);
  case domain::frame_kind::heartbeat: {
    domain::json data = domain::json::object();
    data["at"] = domain::parse_object(f.data()).at("at");
    return domain::encode_again(f, domain::dump(data), {});
  }
  case domain::frame_kind::typing: {
    const bool theirs = contains(f.data(), of_customer_) && f.by_id != customer_;
    if (!theirs)
      return nullptr;
    domain::json data = domain::parse_object(f.data());
    hide_program(data);
    return domain::encode_again(f, domain::dump(data), {});
  }
  case domain::frame_kind::skip:
  case domain::frame_kind::presence:
  case domain::frame_kind::goodbye: break;
  }
  return nullptr;
}

// What tells of the company's sequence goes, and what is a place in it is sealed.
domain::frame_ptr widget_stream::view_hello(const domain::frame& f) {
  domain::json data = domain::parse_object(f.data());
  data["cursor"] = sealed(data.at("cursor"));
  data.erase("head");
  heartbeat_ = std::chrono::milliseconds{data.at("heartbeat_ms").get<std::int64_t>()};
  const bool has_id = contains(f.text(), "\nid: ");  // behind `retry:`
  return domain::encode_again(f, domain::dump(data), has_id ? data.at("cursor").get<std::string>() : std::string{});
}

domain::frame_ptr widget_stream::view_reset(const domain::frame& f) {
  domain::json data = domain::parse_object(f.data());
  data["cursor"] = sealed(data.at("cursor"));
  data["snapshot"] = "/api/v1/widget/messages";
  return domain::encode_again(f, domain::dump(data), data.at("cursor").get<std::string>());
}

domain::frame_ptr widget_stream::view_event(const domain::frame& f) const {
  if (f.entity != domain::entity::message || !contains(f.data(), of_customer_))
    return nullptr;
  domain::json data = domain::parse_object(f.data());
  data.erase("seq");
  hide_program(data);
  return domain::encode_again(f, domain::dump(data), seal_.seal({epoch_, f.seq}));
}

bool widget_stream::ends_here(const domain::frame& f) const {
  if (f.kind != domain::frame_kind::event || f.entity != domain::entity::customer)
    return false;
  const auto behind_seq = f.data().substr(f.data().find(',') + 1);
  return behind_seq.starts_with(R"("type":"customer.deleted")") && contains(behind_seq, customer_ends_);
}

std::string widget_stream::sealed(const domain::json& text) {
  const auto cursor = domain::parse_cursor(text.get<std::string>());
  if (!cursor)
    return {};
  epoch_ = cursor->epoch;
  return seal_.seal(*cursor);
}

}  // namespace chatmesh::http
