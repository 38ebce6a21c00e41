// One of several concurrent writers of a crash run: anything that random_writer writes, and what only a crash makes
// interesting. All of it goes through the ledger.
#pragma once

#include "tests/crash/ledger.hpp"
#include "tests/integration/random_writer.hpp"
#include "tests/support/wait.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::test {

// What the writers of one company share.
struct company_ids {
  shared_ids objects;
  shared_ids invitations;  // tokens
};

class crash_writer {
public:
  // `number` tells the writers of a run apart.
  crash_writer(const member& who, const std::string& widget_key, company_ids& ids, ledger& book, std::uint64_t number,
               std::uint64_t seed)
      : who_(who.another_tab()), ids_(ids), book_(book), next_(number * 1'000'000), random_(seed),
        any_(who.another_tab(), widget_key, ids.objects, seed + 1,
             [this](api_client& as, const std::string& method, const std::string& path, const std::optional<json>& body,
                    const header_list& headers) { return send(as, method, path, body, headers); }) {}

  crash_writer(const crash_writer&) = delete;
  crash_writer& operator=(const crash_writer&) = delete;

  // One write. Throws connection_lost, and unexpected_answer for a 503.
  void write() {
    switch (random_below(random_, 12)) {
    case 0: return accept();
    case 1: return make_api_token();
    case 2: return repeat();
    default: return any_.write();
    }
  }

private:
  http_response send(api_client& as, const std::string& method, const std::string& path,
                     const std::optional<json>& body, const header_list& headers) {
    auto answer = book_.send(as, who_.company_id(), method, path, body, headers, ++next_);
    if (answer.status == 201 && answer.value().contains("invitation"))
      ids_.invitations.add("open", answer.value().at("invitation").at("token"));
    return answer;
  }

  void accept() {
    const auto token = ids_.invitations.any("open", random_);
    if (!token)
      return any_.write();
    api_client guest{who_.where()};
    const auto answer = send(guest, "POST", "/invitations/" + *token + "/accept", json{{"password", password}}, {});
    if (answer.status != 201 && answer.status != 401 && answer.status != 404)  // used or withdrawn meanwhile
      throw unexpected_answer("accept", answer);
  }

  void make_api_token() {
    const auto answer = send(who_.api(), "POST", who_.path() + "/api_tokens", json{{"name", "Program"}}, {});
    if (answer.status != 201 && answer.status != 403)
      throw unexpected_answer("POST /api_tokens", answer);
  }

  // The same request twice in a row, as a client does that did not see the answer.
  void repeat() {
    const auto path = who_.path() + "/customers";
    const header_list key{{"Idempotency-Key", "twice-" + std::to_string(++next_)}};
    const json body{{"name", "Twice"}};
    const auto first = who_.api().call("POST", path, body, key);
    const auto second = first.status == 201 ? who_.api().call("POST", path, body, key) : first;
    if (second.status != 201)
      throw unexpected_answer("POST /customers", second);
    if (first.value() != second.value() || !second.header("Idempotency-Replayed"))
      throw format_error("not the same answer again: " + first.body + " and then " + second.body);
  }

  member who_;
  company_ids& ids_;
  ledger& book_;
  std::uint64_t next_;
  random_engine random_;
  random_writer any_;
};

}  // namespace chatmesh::test
