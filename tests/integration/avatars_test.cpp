// Uploading an avatar, and what is served for it.
#include "tests/integration/fixture.hpp"
#include "tests/support/images.hpp"

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

  // A PNG that is valid and of that size: a chunk that nobody asks for fills it up.
  static std::string png_of(std::size_t bytes) {
    const std::size_t filler = bytes - images::png.size() - 12;
    std::string chunk{"teXt"};
    chunk.append(filler, 'x');
    const auto number = [](std::uint32_t value) {
      std::string four;
      for (int shift = 24; shift >= 0; shift -= 8)
        four += static_cast<char>(value >> shift & 0xffU);
      return four;
    };
    constexpr std::size_t behind_header = 33;
    return images::png.substr(0, behind_header) + number(static_cast<std::uint32_t>(filler)) + chunk +
           number(static_cast<std::uint32_t>(crc_of(chunk))) + images::png.substr(behind_header);
  }

  static std::uint32_t crc_of(const std::string& bytes) {
    std::uint32_t crc = ~0U;
    for (const char c : bytes) {
      crc ^= static_cast<std::uint8_t>(c);
      for (int bit = 0; bit < 8; ++bit)
        crc = (crc & 1U) != 0 ? 0xedb88320U ^ (crc >> 1) : crc >> 1;
    }
    return ~crc;
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

TEST_F(AvatarUpload, HasOneMebibyteAtMost) {
  with({"--http.max-body-bytes=2MiB"});
  auto owner = sign_up(port(), "Acme", "Ada");
  const auto done = upload(owner, owner.employee_id(), png_of(mib));
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(owner.api().http().request("GET", path_of(done.value())).body.size(), mib);
  const auto large = upload(owner, owner.employee_id(), png_of(mib + 1));
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.value().at("code"), "too_large");
}

TEST_F(AvatarUpload, HasItsMebibyteWhereOtherBodiesHaveLess) {
  with({"--http.max-body-bytes=128KiB"});
  auto owner = sign_up(port(), "Acme", "Ada");
  EXPECT_EQ(upload(owner, owner.employee_id(), png_of(mib)).status, 200);
  EXPECT_EQ(upload(owner, owner.employee_id(), png_of(mib + 1)).status, 413);
  EXPECT_EQ(post_text(owner, "/customers", R"({"name":")" + std::string(200'000, 'x') + "\"}").status, 413);
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
