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

}  // namespace chatmesh::http
