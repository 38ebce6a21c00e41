#include "http/issued_session.hpp"

#include <gtest/gtest.h>

namespace chatmesh::http {
namespace {

TEST(IssuedSession, KeepsOnlyTheHashOfANewSecret) {
  const settings s;
  const domain::timestamp now{std::chrono::milliseconds{1'000}};
  const issued_session one = issue_session(s, now);
  const issued_session other = issue_session(s, now);
  EXPECT_NE(one.token, other.token);
  EXPECT_NE(one.stored.id, other.stored.id);
  EXPECT_GE(one.token.size(), 43u);  // 256 bits
  EXPECT_EQ(one.stored.token, hash_secret(one.token));
  EXPECT_EQ(one.stored.expires_at, now + s.session_life);
  EXPECT_EQ(one.to_json().at("token"), one.token);
  EXPECT_EQ(one.to_json().at("expires_at"), domain::to_rfc3339(one.stored.expires_at));
}

TEST(SessionCookie, IsForTheServerAlone) {
  EXPECT_EQ(session_cookie(settings{}, "abc"), "chatmesh_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000");
}

TEST(SessionCookie, IsSecureAndBoundToTheHostUnderTls) {
  settings s;
  s.public_url = "https://chat.example";
  EXPECT_EQ(session_cookie(s, "abc"),
            "__Host-chatmesh_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=2592000; Secure");
}

TEST(SessionCookie, IsTakenAwayByOneThatIsOver) {
  EXPECT_EQ(cleared_session_cookie(settings{}), "chatmesh_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
}

}  // namespace
}  // namespace chatmesh::http
