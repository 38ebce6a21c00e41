#include "http/accept.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {

TEST(Accept, TheMostSpecificRangeDecides) {
  for (const auto* accept :
       {"", "*/*", "application/*", "application/json", "Application/JSON", "text/html, application/json;q=0.1",
        "application/json; charset=utf-8", "*/*;q=0, application/json", "nonsense"})
    EXPECT_TRUE(accepts(accept, "application/json")) << accept;
  for (const auto* accept : {"text/html", "text/*, image/png", "application/json;q=0", "*/*;q=0.000",
                             "*/*, application/json;q=0", "application/xml", "app/*", "application/jsonp"})
    EXPECT_FALSE(accepts(accept, "application/json")) << accept;
}

TEST(Accept, GzipIsTakenWhereItIsWanted) {
  for (const auto* codings :
       {"gzip", "GZIP", "x-gzip", "deflate, gzip, br", "*", "gzip;q=0.001", "gzip;q=1.000", "gzip; q=0.5",
        "br;q=1, *;q=0.1", "gzip;q=0.5, identity;q=0.5", "identity;q=0, gzip;q=0.1", "gzip;q=nonsense", "gzip, *;q=0",
        "gzip;q=0.2,identity;q=0.1", " , gzip"})
    EXPECT_TRUE(prefers_gzip(codings)) << codings;
  for (const auto* codings : {"", "identity", "br, deflate", "gzip;q=0", "gzip;q=0.000", "*;q=0", "gzip;q=0, *",
                              "gzip;q=0.5, identity", "gzip;q=0.4,identity;q=0.5", "gzipped", "identity;q=0"})
    EXPECT_FALSE(prefers_gzip(codings)) << codings;
}

TEST(Accept, VaryIsOneField) {
  header_list headers{{"ETag", "\"1\""}};
  add_vary(headers, "Origin");
  add_vary(headers, "Accept-Encoding");
  EXPECT_EQ(headers, (header_list{{"ETag", "\"1\""}, {"Vary", "Origin, Accept-Encoding"}}));
}

}  // namespace chatmesh::http
