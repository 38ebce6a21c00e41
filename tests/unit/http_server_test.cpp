// What surrounds the sessions: the listener, the operations, the web files.
#include "http/compression.hpp"
#include "tests/unit/http_fixture.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <thread>
#include <unistd.h>

namespace chatmesh::http {

namespace {

asio::awaitable<response> get_hello(services&, request&) {
  response result;
  result.body = R"({"hello":true})";
  co_return result;
}

// What the session's own thread does in the midst of a request.
std::function<void()>& the_turn() {
  static std::function<void()> one;
  return one;
}

asio::awaitable<response> get_turn(services&, request&) {
  the_turn()();
  co_return response{};
}

// Counts what is logged, as long as it lives.
class log_watch {
public:
  log_watch() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink_));
  }
  ~log_watch() { spdlog::set_default_logger(before_); }
  int lines() const { return sink_->lines; }

private:
  struct counter final : spdlog::sinks::base_sink<std::mutex> {
    std::atomic<int> lines{0};
    void sink_it_(const spdlog::details::log_msg&) override { ++lines; }
    void flush_() override {}
  };
  std::shared_ptr<counter> sink_ = std::make_shared<counter>();
  std::shared_ptr<spdlog::logger> before_;
};

// Leaves this process room for exactly `room` further descriptors, as long as it lives.
class few_descriptors {
public:
  explicit few_descriptors(rlim_t room) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int lowest = ::dup(0);
    ::close(lowest);
    rlim_t limit = static_cast<rlim_t>(lowest);
    for (rlim_t left = room; left > 0; ++limit)
      if (::fcntl(static_cast<int>(limit), F_GETFD) < 0)
        --left;
    const rlimit less{limit, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &less);
  }
  ~few_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

class HttpServer : public http_test {
protected:
  void begin() { start({{"GET", "/hello", get_hello}}); }

  void write_file(const std::string& name, const std::string& body) {
    const auto path = web_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << body;
  }

  void begin_with_files() {
    settings_.web_root = web_.path().string();
    begin();
  }

  persistence::test::temporary_folder web_;
};

}  // namespace

TEST_F(HttpServer, SurvivesRunningOutOfDescriptors) {
  const log_watch log;  // for as long as there are threads that log
  begin();
  auto c = client();
  {
    const few_descriptors only{1};
    const auto before = log.lines();
    c.send(
        "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");  // takes the one that is left: there is none for the server's side
    test::eventually("the listener's complaint", [&] { return log.lines() > before; });
  }
  EXPECT_EQ(c.read_response().status, 200);
  end();
}

TEST_F(HttpServer, CanNotListenWhereAnotherListens) {
  begin();
  caf_config config;
  caf::actor_system system{config};
  io_thread thread{system, "io"};
  try {
    listener second{{settings_.address, server_->port(), {&thread}, {}, {}, nullptr}};
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string{e.what()}.find(std::to_string(server_->port())), std::string::npos) << e.what();
  }
  EXPECT_THROW(listener({"no address", 0, {&thread}, {}, {}, nullptr}), std::runtime_error);
}

TEST_F(HttpServer, TellsHowItIs) {
  begin();
  auto c = client();
  auto ops = operations();
  EXPECT_EQ(c.request("GET", "/hello").status, 200);
  EXPECT_EQ(c.request("GET", "/none").status, 404);
  EXPECT_EQ(ops.request("GET", "/healthz").body, "ok\n");
  EXPECT_EQ(ops.request("GET", "/readyz").status, 200);
  const auto metrics = ops.request("GET", "/metrics");
  EXPECT_TRUE(metrics.header("Content-Type").value_or("").starts_with("text/plain; version=0.0.4"));
  for (const auto* line :
       {"chatmesh_http_requests_total{method=\"GET\",route=\"/hello\",status=\"2xx\"} 1\n",
        "chatmesh_http_requests_total{method=\"\",route=\"\",status=\"4xx\"} 1\n", "chatmesh_http_sessions 1\n",
        "chatmesh_streams 0\n", "chatmesh_stream_ends_total{reason=\"draining\"} 0\n",
        "# TYPE chatmesh_stream_ends_total counter\n"})
    EXPECT_NE(metrics.body.find(line), std::string::npos) << line << metrics.body;
  EXPECT_EQ(c.request("GET", "/metrics").status, 404) << "not for the public";
}

TEST_F(HttpServer, IsNotReadyWhileItDrains) {
  begin();
  auto ops = operations();
  server_->stop_accepting();
  EXPECT_EQ(ops.request("GET", "/readyz").status, 503);
  EXPECT_EQ(operations().request("GET", "/healthz").status, 200);
}

TEST_F(HttpServer, OperationsCanBeOff) {
  settings_.operations = false;
  begin();
  EXPECT_EQ(server_->operations_port(), 0);
  EXPECT_EQ(client().request("GET", "/hello").status, 200);
}

TEST_F(HttpServer, ServesItsFiles) {
  write_file("index.html", "<!doctype html>");
  write_file("page/app.js", "run();");
  write_file("page/index.html", "<p>");
  write_file(".hidden", "secret");
  begin_with_files();
  auto c = client();
  const auto index = c.request("GET", "/", {{"Accept", "text/html"}});
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.body, "<!doctype html>");
  EXPECT_EQ(index.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.header("Cache-Control"), "no-cache");
  const auto policy = index.header("Content-Security-Policy").value_or("");
  EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_NE(policy.find("img-src 'self' http: https:"), std::string::npos) << "an avatar may have any http(s) URL";
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_EQ(c.request("GET", "/page/app.js").header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(c.request("GET", "/page/").body, "<p>");
  EXPECT_EQ(c.request("GET", "/page").body, "<p>");
  EXPECT_EQ(c.request("POST", "/page/app.js").status, 405);
  EXPECT_EQ(c.request("GET", "/.hidden").status, 404);
}

TEST_F(HttpServer, AFileWithAHashInItsNameIsKeptForEver) {
  write_file("assets/inbox-4f2a.js", "run();");
  write_file("assets.js", "run();");
  begin_with_files();
  auto c = client();
  const auto kept = c.request("GET", "/assets/inbox-4f2a.js");
  EXPECT_EQ(kept.header("Cache-Control"), "public, max-age=31536000, immutable");
  const auto again = c.request("GET", "/assets/inbox-4f2a.js", {{"If-None-Match", kept.header("ETag").value()}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.header("Cache-Control"), kept.header("Cache-Control"));
  EXPECT_EQ(c.request("GET", "/assets.js").header("Cache-Control"), "no-cache");
  EXPECT_FALSE(c.request("GET", "/assets/none.js").header("Cache-Control").value_or("").starts_with("public"));
}

TEST_F(HttpServer, OnlyTheWidgetIsForOtherSites) {
  write_file("widget.js", "open();");
  write_file("demo/index.html", "<script src=demo.js>");
  begin_with_files();
  auto c = client();
  const auto widget = c.request("GET", "/widget.js", {{"Origin", "https://shop.example"}});
  EXPECT_EQ(widget.body, "open();");
  EXPECT_EQ(widget.header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(widget.header("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(widget.header("Cache-Control"), "no-cache") << "its name stays: a new one is taken up at once";
  EXPECT_FALSE(widget.header("Access-Control-Allow-Credentials"));
  const auto demo = c.request("GET", "/demo", {{"Origin", "https://shop.example"}});
  EXPECT_EQ(demo.status, 200);
  EXPECT_FALSE(demo.header("Access-Control-Allow-Origin"));
  EXPECT_FALSE(demo.header("Cross-Origin-Resource-Policy"));
}

TEST_F(HttpServer, AFileThatTheClientHasIsNotSentAgain) {
  write_file("index.html", "<!doctype html>");
  begin_with_files();
  auto c = client();
  const auto etag = c.request("GET", "/").header("ETag").value_or("");
  ASSERT_FALSE(etag.empty());
  const auto again = c.request("GET", "/", {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.header("ETag"), etag);
  EXPECT_EQ(c.request("GET", "/", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST_F(HttpServer, AFileInGzipHasATagOfItsOwn) {
  const std::string text(5'000, 'x');
  write_file("index.html", text);
  write_file("small.js", "1");
  write_file("photo.png", text);
  begin_with_files();
  auto c = client();
  const auto plain = c.request("GET", "/"), packed = c.request("GET", "/", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(plain.body, text);
  EXPECT_FALSE(plain.header("Content-Encoding"));
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), text.size() / 10);
  EXPECT_EQ(packed.body, gzip(text, compression::file_level));
  EXPECT_NE(packed.header("ETag"), plain.header("ETag"));
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(packed.header("Vary"), "Accept-Encoding");
  const auto head = c.request("HEAD", "/", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(head.body, "");
  for (const auto* name : {"Content-Encoding", "Content-Length", "ETag", "Vary", "Content-Type"})
    EXPECT_EQ(head.header(name), packed.header(name)) << name;

  const header_list have_packed{{"Accept-Encoding", "gzip"}, {"If-None-Match", packed.header("ETag").value()}};
  const auto again = c.request("GET", "/", have_packed);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(again.header("ETag"), packed.header("ETag"));
  EXPECT_FALSE(again.header("Content-Encoding"));
  EXPECT_EQ(c.request("GET", "/", {have_packed[1]}).status, 200) << "the tag of other bytes";
  for (const auto* path : {"/small.js", "/photo.png"})
    EXPECT_FALSE(c.request("GET", path, {{"Accept-Encoding", "gzip"}}).header("Content-Encoding")) << path;
}

TEST_F(HttpServer, NoPathLeadsOutOfTheFolder) {
  write_file("site/index.html", "x");
  write_file("secret.txt", "secret");
  settings_.web_root = (web_.path() / "site").string();
  begin();
  auto c = client();
  for (const auto* path : {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/./../secret.txt",
                           "//secret.txt", "/..\\secret.txt", "/%2e%2e%5csecret.txt"})
    EXPECT_EQ(c.request("GET", path).status, 404) << path;
}

TEST(StaticFiles, RefusesAFolderItCanNotServe) {
  EXPECT_THROW(static_files("/nonexistent/folder", 1'000), std::runtime_error);
  const persistence::test::temporary_folder folder;
  std::ofstream{folder.path() / "large.bin"} << std::string(2'000, 'x');
  EXPECT_THROW(static_files(folder.path().string(), 1'000), std::runtime_error);
  EXPECT_TRUE(static_files("", 1'000).routes().empty());
}

TEST_F(HttpServer, ItsEndDoesNotWaitForATimerThatIsDueWhenItComes) {
  settings_.threads = 1;
  settings_.header_timeout = std::chrono::seconds{1};
  settings_.idle_timeout = 2 * test::patience;
  start({{"GET", "/turn", get_turn}});
  the_turn() = [this] {
    const auto due = std::chrono::steady_clock::now() + settings_.header_timeout;
    while (std::chrono::steady_clock::now() < due)
      std::this_thread::yield();
    server_->close_sessions();
  };
  auto c = client();
  EXPECT_EQ(c.request("GET", "/turn").status, 200);
  auto ended = std::async(std::launch::async, [this] { end(); });
  EXPECT_EQ(ended.wait_for(test::patience), std::future_status::ready);
}

// The timer goes off between two reads, of which the first is over and the second has not begun: neither is cancelled.
TEST_F(HttpServer, ARequestsTimeIsOverThoughOneOfItsReadsJustWasToo) {
  settings_.threads = 1;
  settings_.body_timeout = std::chrono::seconds{1};
  settings_.idle_timeout = 2 * test::patience;
  start({{"GET", "/turn", get_turn}, {"POST", "/turn", get_turn}});
  auto slow = client();
  slow.send("POST /turn HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n");
  EXPECT_EQ(slow.read_response().status, 100);
  the_turn() = [&] {
    const auto due = std::chrono::steady_clock::now() + settings_.body_timeout;
    slow.send(std::string(50'000, 'a'));
    while (std::chrono::steady_clock::now() < due)
      std::this_thread::yield();
  };
  EXPECT_EQ(client().request("GET", "/turn").status, 200);
  EXPECT_EQ(slow.read_response().status, 408);
}

}  // namespace chatmesh::http
