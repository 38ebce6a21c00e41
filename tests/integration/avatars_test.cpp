// Uploading an avatar, and what is served for it.
#include "tests/integration/fixture.hpp"
#include "tests/support/images.hpp"

#include <array>
#include <charconv>

namespace chatmesh::test {

namespace {

class AvatarUpload : public server_test {
protected:
  static http_response upload(member& who, const std::string& employee, const std::string& bytes,
                              const std::string& type = "image/png", const header_list& more = {}) {
    auto headers = who.api().headers();
    headers.emplace_back("Content-Type", type);
    headers.insert(headers.end(), more.begin(), more.end());
    return who.api().http().request("PUT", "/api/v1" + who.path() + "/employees/" + employee + "/avatar", headers,
                                    bytes);
  }

  // The path of an address on this server.
  static std::string path_of(const json& employee) {
    const auto url = employee.at("avatar_url").get<std::string>();
    return url.substr(url.find('/', url.find("://") + 3));
  }

  static constexpr std::size_t mib = 1024 * 1024;
};

}  // namespace

TEST_F(AvatarUpload, ShowsItEverywhereAtOnce) {
  team all{port()};
  const auto stream = all.admin.open_stream();
  const auto id = all.agent.employee_id();
  const auto done = upload(all.agent, id, images::png);
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.value(), all.owner.read("/employees/" + id));
  EXPECT_EQ(done.header("ETag"), all.owner.get("/employees/" + id).header("ETag"));
  expect_event(*stream, done.cursor(), "employee.updated", done.value(), all.agent.by());
  const auto customer = all.agent.create("/customers", {{"name", "Grace"}}).object.at("id");
  const auto said = all.agent.create("/messages", {{"customer_id", customer}, {"body", "x"}}).object;
  EXPECT_EQ(said.at("author").at("avatar_url"), done.value().at("avatar_url"));

  http_client anybody{port()};
  const auto image = anybody.request("GET", path_of(done.value()));
  ASSERT_EQ(image.status, 200);
  EXPECT_EQ(image.body, images::png);
  EXPECT_EQ(image.header("Content-Type"), "image/png");
  EXPECT_EQ(image.header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(image.header("Content-Security-Policy"), "default-src 'none'; sandbox");
  EXPECT_EQ(image.header("Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(image.header("X-Content-Type-Options"), "nosniff");
  EXPECT_FALSE(image.header("Content-Encoding"));
  const auto known = anybody.request("GET", path_of(done.value()), {{"If-None-Match", image.header("ETag").value()}});
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.header("Cache-Control"), image.header("Cache-Control"));
  EXPECT_EQ(anybody.request("HEAD", path_of(done.value())).header("Content-Length"),
            std::to_string(images::png.size()));
}

TEST_F(AvatarUpload, TakesEachFormatByItsContent) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto id = owner.employee_id();
  http_client anybody{port()};
  for (const auto& [bytes, type] : {std::pair{images::png, "image/png"},
                                    {images::jpeg, "image/jpeg"},
                                    {images::webp, "image/webp"},
                                    {images::alpha_webp, "image/webp; x=y"}}) {
    const auto done = upload(owner, id, bytes, type);
    ASSERT_EQ(done.status, 200) << type << done.body;
    const auto image = anybody.request("GET", path_of(done.value()));
    EXPECT_EQ(image.body, bytes);
    EXPECT_TRUE(std::string{type}.starts_with(image.header("Content-Type").value()));
  }
  for (const auto* type : {"image/jpeg", "image/webp"}) {
    const auto refused = upload(owner, id, images::png, type);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.value().at("errors").at(0).at("code"), "invalid_value");
  }
  for (const std::string& bytes : {std::string{}, images::png.substr(0, 60), std::string{"<svg/>"}})
    EXPECT_EQ(upload(owner, id, bytes).status, 422);
  for (const auto* type : {"image/svg+xml", "text/html", "application/json", "image/png, image/jpeg", ""}) {
    const auto refused = upload(owner, id, images::png, type);
    EXPECT_EQ(refused.status, 415) << type;
    EXPECT_EQ(refused.header("Accept"), "image/png, image/jpeg, image/webp");
  }
  EXPECT_EQ(upload(owner, id, images::png, "image/png", {{"Content-Encoding", "gzip"}}).status, 415);
}

TEST_F(AvatarUpload, IsTheSameWhenItIsRepeatedAndNoneWhenItIsReset) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto path = "/employees/" + owner.employee_id();
  const auto first = upload(owner, owner.employee_id(), images::png);
  const auto again = upload(owner, owner.employee_id(), images::png);
  EXPECT_EQ(again.value(), first.value());
  EXPECT_EQ(again.cursor(), "");
  EXPECT_EQ(upload(owner, owner.employee_id(), images::jpeg, "image/jpeg", {{"If-Match", "\"1\""}}).status, 412);
  EXPECT_EQ(owner.del(path + "/avatar", {{"If-Match", "\"1\""}}).status, 412);
  const auto reset = owner.del(path + "/avatar", {{"If-Match", first.header("ETag").value()}});
  EXPECT_EQ(reset.status, 200);
  EXPECT_TRUE(reset.value().at("avatar_url").is_null());
  EXPECT_EQ(reset.value(), owner.read(path));
  EXPECT_NE(reset.cursor(), "");
  EXPECT_EQ(owner.del(path + "/avatar").cursor(), "");
}

TEST_F(AvatarUpload, HasAnotherAddressInAnotherCompany) {
  auto ours = sign_up(port(), "Acme", "Ada");
  auto theirs = sign_up(port(), "Umbrella", "Eve");
  const auto first = upload(ours, ours.employee_id(), images::png);
  const auto second = upload(theirs, theirs.employee_id(), images::png);
  EXPECT_NE(path_of(first.value()), path_of(second.value())) << "or Eve could ask whether Ada has it";
  http_client anybody{port()};
  for (const auto& each : {first, second})
    EXPECT_EQ(anybody.request("GET", path_of(each.value())).body, images::png);
}

TEST_F(AvatarUpload, HasOneMebibyteAtMost) {
  with({"--http.max-body-bytes=2MiB"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto done = upload(owner, owner.employee_id(), images::png_of(mib));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(owner.api().http().request("GET", path_of(done.value())).body.size(), mib);
  const auto large = upload(owner, owner.employee_id(), images::png_of(mib + 1));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.value().at("code"), "too_large");
}

TEST_F(AvatarUpload, HasItsMebibyteWhereOtherBodiesHaveLess) {
  with({"--http.max-body-bytes=128KiB"});
  auto owner = sign_up(port(), "Acme", "Ada");
  EXPECT_EQ(upload(owner, owner.employee_id(), images::png_of(mib)).status, 200);
  EXPECT_EQ(upload(owner, owner.employee_id(), images::png_of(mib + 1)).status, 413);
  EXPECT_EQ(post_text(owner, "/customers", R"({"name":")" + std::string(200'000, 'x') + "\"}").status, 413);
}

TEST_F(AvatarUpload, ComesHoweverABodyMayCome) {
  auto owner = sign_up(port(), "Acme", "Ada");
  http_client raw{port()};
  const std::string head = "PUT /api/v1" + owner.path() + "/employees/" + owner.employee_id() +
                           "/avatar HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + owner.token() +
                           "\r\nContent-Type: IMAGE/PNG ; x=y\r\n";
  const auto chunked = [&](const std::string& bytes) {
    std::string text = head + "Transfer-Encoding: chunked\r\n\r\n";
    constexpr std::size_t piece = 50'000;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      std::array<char, 16> size{};
      const auto end = std::to_chars(size.begin(), size.end(), std::min(piece, bytes.size() - at), 16).ptr;
      text.append(size.data(), end).append("\r\n").append(bytes, at, piece).append("\r\n");
    }
    return text + "0\r\n\r\n";
  };
  raw.send(chunked(images::png_of(mib)));
  EXPECT_EQ(raw.read_response().status, 200);
  raw.send(head + "Expect: 100-continue\r\nContent-Length: " + std::to_string(images::png.size()) + "\r\n\r\n");
  EXPECT_EQ(raw.read_response().status, 100);
  raw.send(images::png);
  EXPECT_EQ(raw.read_response().status, 200);
  raw.send(head + "Expect: 100-continue\r\nContent-Length: " + std::to_string(mib + 1) + "\r\n\r\n");
  EXPECT_EQ(raw.read_response().status, 413) << "before the bytes are sent";
}

TEST_F(AvatarUpload, IsForThoseWhoAreThereAndKnowsNoIdempotencyKey) {
  team all{port()};
  const auto gone = invite(all.owner, "Dora");
  all.owner.remove("/employees/" + gone.employee_id());
  EXPECT_EQ(upload(all.owner, gone.employee_id(), images::png).status, 404);
  EXPECT_EQ(upload(all.agent, all.admin.employee_id(), images::png).status, 403);
  EXPECT_EQ(upload(all.agent, all.admin.employee_id(), "x").status, 403) << "whatever is wrong with the image";
  const header_list key{{"Idempotency-Key", "once"}};
  const auto first = upload(all.agent, all.agent.employee_id(), images::png, "image/png", key),
             second = upload(all.agent, all.agent.employee_id(), images::jpeg, "image/jpeg", key);
  EXPECT_EQ(second.status, 200);
  EXPECT_NE(second.value().at("avatar_url"), first.value().at("avatar_url"));
}

TEST_F(AvatarUpload, OutlivesARestart) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto done = upload(owner, owner.employee_id(), images::webp, "image/webp");
  server().kill();
  server().start();
  http_client anybody{port()};
  EXPECT_EQ(anybody.request("GET", path_of(done.value())).body, images::webp);
}

TEST_F(AvatarUpload, AnImageThatIsNotThereIsNotFound) {
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto path = path_of(upload(owner, owner.employee_id(), images::png).value());
  http_client anybody{port()};
  const std::string folder = "/api/v1/images/";
  for (const std::string& other : {folder + std::string(64, '0') + ".png", folder + "x.png", folder + "..%2f",
                                   path + ".png", path.substr(0, path.size() - 3) + "jpg", folder})
    EXPECT_EQ(anybody.request("GET", other).status, 404) << other;
  EXPECT_EQ(anybody.request("PUT", path, {}, "x").status, 405);
}

}  // namespace chatmesh::test
