// A whole HTTP server in this process, with a small table of routes and an empty database.
#pragma once

#include "actors/hub.hpp"
#include "http/server.hpp"
#include "http/stream_rights.hpp"
#include "persistence/database.hpp"
#include "persistence/readers.hpp"
#include "persistence/writer.hpp"
#include "tests/database/database_fixture.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/wait.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace chatmesh::http {

class no_log final : public actors::event_log {
public:
  void read_position(domain::id, callback<actors::log_position> done) override { done(std::nullopt); }
  void read_page(domain::id, std::uint64_t, callback<actors::log_page> done) override { done(std::nullopt); }
  void read_endings(domain::id, std::uint64_t, callback<actors::log_endings> done) override { done(std::nullopt); }
  void read_admission(domain::id, domain::id, domain::id, callback<actors::log_admission> done) override {
    done(std::nullopt);
  }
};

class no_commit_listener final : public persistence::commit_listener {
public:
  void committed(std::vector<domain::change>, bool) override {}
  void ended(domain::id, std::uint32_t, std::uint64_t, std::vector<domain::id>) override {}
  void doubted(domain::id) override {}
  void history_changed() override {}
};

class caf_config : public caf::actor_system_config {
public:
  caf_config() {
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", 1);
  }
};

class http_test : public ::testing::Test {
protected:
  void TearDown() override { end(); }

  // With settings_ as the test left them.
  void start(std::vector<route> api) {
    settings_.port = 0;
    settings_.operations_port = 0;
    settings_.password_memory_kib = 8;
    server_.emplace(system_, settings_, readers_, writer_, hub_, rights_, std::move(api));
    server_->start();
  }

  // The orderly end.
  void end() {
    if (!server_)
      return;
    server_->stop_accepting();
    server_->close_sessions();
    hub_.close({});
    system_.await_all_actors_done();
    server_->join();
    server_.reset();
  }

  test::http_client client() const { return test::http_client{server_->port()}; }
  test::http_client operations() const { return test::http_client{server_->operations_port()}; }

  persistence::readers& readers() { return readers_; }  // one thread

  settings settings_;

private:
  static persistence::settings prepare(const std::filesystem::path& folder) {
    persistence::settings s;
    s.database.place = (folder / "test.db").string();
    s.readers = 1;
    s.reader_queue = 16;
    persistence::prepare_database(s);
    return s;
  }

  persistence::test::temporary_folder folder_;
  persistence::settings database_ = prepare(folder_.path());
  caf_config config_;
  caf::actor_system system_{config_};
  persistence::readers readers_{database_};
  no_log log_;
  actors::hub hub_{system_, {}, log_};
  stream_rights rights_;
  no_commit_listener listener_;
  persistence::writer writer_{database_, listener_};

protected:
  std::optional<server> server_;
};

}  // namespace chatmesh::http
