// The proxies of deploy/ before three nodes: streams, writes, and what happens when nodes go away behind them.
#include "tests/cluster/fixture.hpp"
#include "tests/cluster/front.hpp"
#include "tests/support/wait.hpp"

#include <string>

namespace chatmesh::test {

namespace {

constexpr std::size_t clients = 60;

class Deployed : public on_cluster, public testing::WithParamInterface<proxy_kind> {
protected:
  Deployed() : on_cluster(false) {}

  // A write through the proxy, asked again until it is taken: the cursor.
  static std::string write(member& author, const std::string& key) {
    std::string cursor;
    eventually("a write through the proxy", [&] {
      try {
        const auto answer = author.post("/customers", {{"name", "Through the proxy"}}, {{"Idempotency-Key", key}});
        cursor = answer.status == 201 ? answer.cursor() : "";
      } catch (const connection_lost&) {  // its node has just gone
      }
      return !cursor.empty();
    });
    return cursor;
  }
};

std::string name_of(const testing::TestParamInfo<proxy_kind>& info) {
  return info.param == proxy_kind::nginx ? "Nginx" : "Haproxy";
}

}  // namespace

TEST_P(Deployed, SpeaksHttp2OutsideAndPassesStreamsOnAsTheyCome) {
  const front proxy{GetParam(), ground::get().cables};
  auto owner = nodes().owner().at(proxy.where());
  EXPECT_EQ(proxy.curl("--http2 --output /dev/null --write-out '%{http_version} %{http_code}' " + proxy.url() +
                       "/api/v1/openapi.json"),
            "2 200");
  EXPECT_EQ(proxy.curl("--output /dev/null --write-out '%{http_code} %{redirect_url}' http://localhost/x?y=z"),
            "308 https://localhost/x?y=z");
  crowd readers{{proxy.where()}, reached::by_proxy};
  readers.join(owner, owner.head(), clients);
  for (int i = 0; i < 3; ++i)
    readers.wait_for(owner.company_id(), write(owner, random_token()));
  EXPECT_EQ(readers.counts().connects, clients) << "nobody was cut off";
  EXPECT_EQ(readers.counts().failures, 0U);
}

TEST_P(Deployed, StreamsGoOnElsewhereWhenTheirNodeIsKilled) {
  const front proxy{GetParam(), ground::get().cables};
  auto owner = nodes().owner().at(proxy.where());
  crowd readers{{proxy.where()}, reached::by_proxy};
  readers.join(owner, owner.head(), clients);
  readers.wait_for(owner.company_id(), write(owner, random_token()));
  for (std::size_t node = 1; node <= nodes().size(); ++node) {
    nodes().node(node).kill();
    readers.wait_for(owner.company_id(), write(owner, random_token()));
    nodes().node(node).start();
    readers.wait_for(owner.company_id(), write(owner, random_token()));
  }
  EXPECT_GT(readers.counts().connects, clients);
  EXPECT_EQ(readers.counts().resets, 0U);
}

// An EventSource that is told anything but 200 never comes back.
TEST_P(Deployed, StreamsAreToldToComeBackWhereNoNodeLives) {
  const front proxy{GetParam(), ground::get().cables};
  auto owner = nodes().owner().at(proxy.where());
  crowd readers{{proxy.where()}, reached::by_proxy};
  readers.join(owner, owner.head(), clients);
  readers.wait_for(owner.company_id(), write(owner, random_token()));
  for (std::size_t node = 1; node <= nodes().size(); ++node)
    nodes().node(node).kill();
  eventually("streams to be told", [&] { return !readers.counts().goodbyes["overloaded"].empty(); });
  for (std::size_t node = 1; node <= nodes().size(); ++node)
    nodes().node(node).start();
  readers.wait_for(owner.company_id(), write(owner, random_token()));
}

// The nodes' own answers come through: 503 with Retry-After to a write, and streams that stay.
TEST_P(Deployed, NodesWithoutTheirDatabaseSpeakForThemselves) {
  const front proxy{GetParam(), ground::get().cables};
  auto owner = nodes().owner().at(proxy.where());
  crowd readers{{proxy.where()}, reached::by_proxy};
  readers.join(owner, owner.head(), clients);
  readers.wait_for(owner.company_id(), write(owner, random_token()));
  nodes().database().stop(SIGINT);
  eventually("a refusal that says when to come back", [&] {
    const auto answer = owner.post("/customers", {{"name", "Nobody"}});
    return answer.status == 503 && answer.header("Retry-After");
  });
  nodes().database().start();
  readers.wait_for(owner.company_id(), write(owner, random_token()));
  EXPECT_EQ(readers.counts().connects, clients) << "nobody was cut off";
}

INSTANTIATE_TEST_SUITE_P(By, Deployed, testing::Values(proxy_kind::haproxy, proxy_kind::nginx), name_of);

}  // namespace chatmesh::test
