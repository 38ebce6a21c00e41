// Whose attempts are counted behind a proxy.
#include "http/forwarded.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {
namespace {

std::string client(const std::string& peer, const std::vector<std::string>& fields,
                   const std::vector<std::string>& trusted = {"10.0.0.0/8", "::1"}) {
  std::vector<network> networks;
  for (const auto& each : trusted)
    networks.push_back(parse_network(each).value());
  header_list headers{{"Host", "x"}};
  for (const auto& each : fields)
    headers.emplace_back("x-forwarded-for", each);
  return client_address(asio::ip::make_address(peer), headers, networks).to_string();
}

TEST(Forwarded, NobodyIsBelievedButATrustedProxy) {
  EXPECT_EQ(client("192.0.2.1", {"198.51.100.7"}), "192.0.2.1");
  EXPECT_EQ(client("10.1.2.3", {"198.51.100.7"}, {}), "10.1.2.3");
  EXPECT_EQ(client("10.1.2.3", {"198.51.100.7"}), "198.51.100.7");
  EXPECT_EQ(client("::1", {"2001:db8::7"}), "2001:db8::7");
  EXPECT_EQ(client("10.1.2.3", {}), "10.1.2.3");
}

TEST(Forwarded, TheLastUntrustedHopIsTheClient) {
  EXPECT_EQ(client("10.1.2.3", {"1.1.1.1, 198.51.100.7, 10.9.9.9"}), "198.51.100.7") << "1.1.1.1 may be made up";
  EXPECT_EQ(client("10.1.2.3", {"1.1.1.1", "198.51.100.7,10.9.9.9"}), "198.51.100.7") << "fields are one list";
  EXPECT_EQ(client("10.1.2.3", {"10.7.7.7"}), "10.7.7.7");
}

TEST(Forwarded, WhatIsNoAddressEndsTheWay) {
  EXPECT_EQ(client("10.1.2.3", {"198.51.100.7, unknown"}), "10.1.2.3");
  EXPECT_EQ(client("10.1.2.3", {"198.51.100.7,,10.4.4.4"}), "10.4.4.4");
  EXPECT_EQ(client("10.1.2.3", {""}), "10.1.2.3");
  EXPECT_EQ(client("10.1.2.3", {"[", "]"}), "10.1.2.3");
}

TEST(Forwarded, APortIsNoPartOfIt) {
  EXPECT_EQ(client("10.1.2.3", {"198.51.100.7:4711"}), "198.51.100.7");
  EXPECT_EQ(client("10.1.2.3", {"[2001:db8::7]:4711"}), "2001:db8::7");
}

TEST(Network, HoldsTheAddressesOfItsPrefix) {
  const auto holds = [](const std::string& network, const std::string& address) {
    return parse_network(network).value().contains(parse_address(address).value());
  };
  EXPECT_TRUE(holds("192.168.0.0/23", "192.168.1.255"));
  EXPECT_FALSE(holds("192.168.0.0/23", "192.168.2.0"));
  EXPECT_TRUE(holds("0.0.0.0/0", "8.8.8.8"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("10.0.0.1", "::ffff:10.0.0.1")) << "one and the same";
  EXPECT_FALSE(holds("10.0.0.1", "10.0.0.2"));
  EXPECT_TRUE(holds("2001:db8::/32", "2001:db8:ffff::1"));
  EXPECT_FALSE(holds("2001:db8::/32", "2001:db9::1"));
}

TEST(Network, IsNothingElse) {
  for (const auto* wrong : {"", "/", "x", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "10/8",
                            "10.0.0.1/8", "2001:db8::1/32", "10.0.0.0/8 ", "example.com"})
    EXPECT_FALSE(parse_network(wrong)) << wrong;
}

}  // namespace
}  // namespace chatmesh::http
