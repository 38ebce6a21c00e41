#include "config/configuration.hpp"
#include "config/option.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

namespace chatmesh::config {
namespace {

using namespace std::chrono_literals;

settings from_file(const std::string& text) {
  std::istringstream in{text};
  settings s;
  read_file(in, "test.conf", s);
  return s;
}

std::string fault_of_file(const std::string& text) {
  try {
    from_file(text);
  } catch (const config_error& e) {
    return e.what();
  }
  return "no fault";
}

std::string fault_of_options(std::vector<std::string> args) {
  try {
    configuration{}.load(std::move(args));
  } catch (const config_error& e) {
    return e.what();
  }
  return "no fault";
}

std::string slurp(const std::string& path) {
  std::ifstream in{path};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// chatmesh.conf with every setting switched on: settings follow the ";" at once, prose follows a space.
std::string shipped_file() {
  return std::regex_replace(slurp(CHATMESH_CONF), std::regex{"(^|\n);([a-z])"}, "$1$2");
}

TEST(Configuration, ShippedFileHasTheDefaultsOfTheCode) {
  auto file = from_file(shipped_file());
  const settings code;
  for (const auto& row : options())
    EXPECT_EQ(row.get(file), row.get(code)) << row.full_name();
}

TEST(Configuration, RefusesAClusterOnSqliteAndSaysWhatToDo) {
  const auto fault = fault_of_options({"--cluster.enabled=on"});
  EXPECT_NE(fault.find("cluster.enabled"), std::string::npos);
  EXPECT_NE(fault.find("PostgreSQL"), std::string::npos);
  EXPECT_EQ(fault_of_options({"--cluster.enabled=on", "--database.url=postgresql:///chat"}), "no fault");
}

TEST(Configuration, TakesNoLinksThatAnybodyCouldMake) {
  const auto fault = [](std::vector<std::string> options) {
    options.insert(options.end(), {"--cluster.enabled=on", "--database.url=postgresql:///chat"});
    return fault_of_options(options);
  };
  for (const char* loopback : {"127.0.0.1:0", "localhost:7400", "[::1]:7400"})
    EXPECT_EQ(fault({std::string{"--cluster.listen="} + loopback}), "no fault");
  const std::vector<std::string> tls{"--cluster.certificate=a", "--cluster.key=b", "--cluster.ca=c"};
  const auto with = [](std::vector<std::string> options, const std::string& one) {
    options.push_back(one);
    return options;
  };
  EXPECT_NE(fault({"--cluster.listen=10.0.0.1:7400"}).find("cluster.listen: links to other machines"),
            std::string::npos);
  EXPECT_EQ(fault({"--cluster.listen=10.0.0.1:7400", "--cluster.insecure=on"}), "no fault");
  EXPECT_EQ(fault(with(tls, "--cluster.listen=10.0.0.1:7400")), "no fault");
  EXPECT_NE(fault({"--cluster.listen=127.0.0.1:0", "--cluster.key=b"}).find("belong together"), std::string::npos);
  EXPECT_NE(fault(with(tls, "--cluster.listen=0.0.0.0:7400")).find("cluster.advertise: 0.0.0.0"), std::string::npos);
  EXPECT_EQ(fault(with(with(tls, "--cluster.listen=[::]:7400"), "--cluster.advertise=node1.internal")), "no fault");
  for (const char* bad : {"10.0.0.1", "10.0.0.1:", ":7400", "10.0.0.1:99999", "[::1:7400", "10.0.0.1:74x", "a b:1"})
    EXPECT_NE(fault({std::string{"--cluster.listen="} + bad}).find("must be like"), std::string::npos) << bad;
  EXPECT_NE(fault({"--cluster.listen=127.0.0.1:1", "--cluster.advertise=a:b"}).find("cluster.advertise"),
            std::string::npos);
}

TEST(Configuration, ShippedFileShowsEverySettingWithItsDefault) {
  auto text = shipped_file();
  const settings code;
  for (const auto& row : options()) {
    auto value = row.quoted ? '"' + row.get(code) + '"' : row.get(code);
    auto group = text.find("\n[" + std::string{row.group} + "]\n");
    ASSERT_NE(group, std::string::npos) << row.full_name();
    auto next = text.find("\n[", group + 1);
    auto line = "\n" + std::string{row.name} + " = " + value + "\n";
    EXPECT_LT(text.find(line, group), next) << row.full_name() << " = " << value;
  }
}

TEST(Configuration, EverySettingReadsBackWhatItWrites) {
  settings s;
  for (const auto& row : options()) {
    auto text = row.get(s);
    row.set(s, text);
    EXPECT_EQ(row.get(s), text) << row.full_name();
  }
}

TEST(Configuration, ReadsTheFileForm) {
  auto s = from_file("; prose\n"
                     "[http]\n"
                     "address = \"0.0.0.0\" ; trailing\n"
                     "port = 8081\n"
                     "idle-timeout = 90s\n"
                     "[limits]\n"
                     "rate = \"off\"\n"
                     "streams-per-member = 0\n"
                     "[auth]\n"
                     "session-life = \"2d\"\n"
                     "invitation-life = \"1s\"\n"
                     "widget-life = \"90s\"\n"
                     "argon2-memory = \"8MiB\"\n"
                     "[retention]\n"
                     "age = \"90min\"\n");
  EXPECT_EQ(s.http.address, "0.0.0.0");
  EXPECT_EQ(s.http.port, 8081);
  EXPECT_EQ(s.http.idle_timeout, 90s);
  EXPECT_FALSE(s.http.rate_limits);
  EXPECT_EQ(s.actors.streams_per_member, 0U);
  EXPECT_EQ(s.http.session_life, 48h);
  EXPECT_EQ(s.http.invitation_life, 1s);
  EXPECT_EQ(s.http.widget_life, 90s);
  EXPECT_EQ(s.process.retention_age, 90min);
  EXPECT_EQ(s.http.password_memory_kib, 8192U);
}

TEST(Configuration, ReadsTheOptionForm) {
  configuration c;
  EXPECT_EQ(c.load({"serve", "--http.port=8081", "--database.url=sqlite:/some/file.db", "--limits.rate=off",
                    "--stream.heartbeat=500ms", "--node.name=one", "--demo"}),
            command::serve);
  const auto& s = c.values();
  EXPECT_EQ(s.http.port, 8081);
  EXPECT_EQ(s.persistence.database.place, "/some/file.db");
  EXPECT_FALSE(s.http.rate_limits);
  EXPECT_EQ(s.actors.heartbeat, 500ms);
  EXPECT_EQ(s.actors.node, "one");
  EXPECT_EQ(s.http.node, "one");
  EXPECT_TRUE(s.process.demo);
}

TEST(Configuration, ReadsTheCommandAndItsWords) {
  const std::string hash(64, 'a'), other(64, 'b');
  configuration check;
  EXPECT_EQ(check.load({"verify", "--expect=" + hash, "--node.name=one", "--expect=" + other}), command::verify);
  EXPECT_EQ(check.asked().expected, (std::vector<std::string>{hash, other}));
  EXPECT_EQ(check.values().actors.node, "one");
  configuration copy;
  EXPECT_EQ(copy.load({"backup", "--database.url=sqlite:a.db", "b.db"}), command::backup);
  EXPECT_EQ(copy.asked().file, "b.db");
  EXPECT_FALSE(copy.asked().force);
  configuration replace;
  EXPECT_EQ(replace.load({"restore", "b.db", "--force"}), command::restore);
  EXPECT_TRUE(replace.asked().force);
  EXPECT_EQ(configuration{}.load({"new-epoch"}), command::new_epoch);
  EXPECT_EQ(configuration{}.load({"cluster", "status"}), command::cluster_status);
  EXPECT_EQ(fault_of_options({"cluster"}), "cluster: no command by itself; chatmesh cluster status");
  EXPECT_EQ(configuration{}.load({}), command::serve);
}

TEST(Configuration, NamesTheFaultOfACommand) {
  EXPECT_EQ(fault_of_options({"backup"}), "backup: a file is missing; chatmesh backup <file> [--force]");
  EXPECT_EQ(fault_of_options({"backup", "a", "b"}), "b: options are written --group.name=value");
  EXPECT_EQ(fault_of_options({"verify", "a"}), "a: options are written --group.name=value");
  EXPECT_EQ(fault_of_options({"verify", "--force"}), "--force: no such option; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"serve", "--expect=a"}), "--expect=a: no such option; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"backup", "a", "--forceful"}), "--forceful: no such option; chatmesh --help lists them");
}

TEST(Configuration, OptionsWinOverTheFile) {
  auto path = testing::TempDir() + "options_win.conf";
  std::ofstream{path} << "[http]\nport = 1\nthreads = 3\n";
  configuration c;
  c.load({"--config-file=" + path, "--http.port=2"});
  EXPECT_EQ(c.values().http.port, 2);
  EXPECT_EQ(c.values().http.threads, 3U);
}

TEST(Configuration, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(fault_of_options({"--http.prt=1"}), "--http.prt=1: no such option; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"--scheduler.policy=stealing"}),
            "--scheduler.policy: no such setting; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"--dump-config"}), "--dump-config: no such option; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"dance"}), "dance: no such command; chatmesh --help lists them");
  EXPECT_EQ(fault_of_options({"serve", "extra"}), "extra: options are written --group.name=value");
  EXPECT_EQ(fault_of_file("[http]\nprt = 1\n"), "test.conf: http.prt: no such setting; chatmesh --help lists them");
  EXPECT_EQ(fault_of_file("port = 1\n"), "test.conf: port: no such setting; settings stand below a [group]");
}

TEST(Configuration, NamesTheFaultOfAValue) {
  EXPECT_EQ(fault_of_options({"--http.port=70000"}), "--http.port: must be 0 to 65535");
  EXPECT_EQ(fault_of_options({"--http.port"}),
            "--http.port: a value is missing; options are written --group.name=value");
  EXPECT_EQ(fault_of_options({"--http.idle-timeout=1500ms"}), "--http.idle-timeout: must be a multiple of 1s");
  EXPECT_EQ(fault_of_options({"--auth.argon2-memory=4KiB"}), "--auth.argon2-memory: must be 8KiB to 1GiB");
  EXPECT_EQ(fault_of_options({"--limits.rate=maybe"}), "--limits.rate: must be on or off");
  EXPECT_EQ(fault_of_options({"--log.format=xml"}), "--log.format: must be one of text, json");
  EXPECT_EQ(fault_of_file("[http]\nport = 70000\n"), "test.conf: http.port: must be 0 to 65535");
  EXPECT_EQ(fault_of_file("[http]\nport = [1, 2]\n"), "test.conf: http.port: a single value is expected");
  EXPECT_EQ(fault_of_file("[http]\naddress = here\n"), "test.conf:2:12: not understood; strings stand in \"quotes\"");
}

TEST(Configuration, NamesAFileThatIsMissing) {
  EXPECT_EQ(fault_of_options({"--config-file=/no/such.conf"}), "/no/such.conf: can't be read");
}

TEST(Configuration, TakesBothDatabases) {
  configuration c;
  c.load({"--database.url=postgresql://ann:it%27s%20secret@db.example:5433/chat?sslmode=require"});
  const auto& database = c.values().persistence.database;
  EXPECT_EQ(database.kind, persistence::database_kind::postgresql);
  for (const std::string part : {"user='ann'", "password='it\\'s secret'", "host='db.example'", "port='5433'",
                                 "dbname='chat'", "sslmode='require'", "connect_timeout='5'"})
    EXPECT_NE((" " + database.place + " ").find(" " + part + " "), std::string::npos) << part;
}

TEST(Configuration, AConnectionUriWinsOverOurDefaults) {
  configuration c;
  c.load({"--database.url=postgresql:///chat?host=/run/db&connect_timeout=1"});
  EXPECT_NE(c.values().persistence.database.place.find("connect_timeout='1'"), std::string::npos);
  EXPECT_NE(c.values().persistence.database.place.find("host='/run/db'"), std::string::npos);
}

TEST(Configuration, ABadDatabaseUrlIsNamedButNotRepeated) {
  const std::string forms =
      "database.url: must be sqlite:<file> or postgresql://<user>:<password>@<host>:<port>/<database>";
  EXPECT_EQ(fault_of_options({"--database.url=chat.db"}), forms);
  EXPECT_EQ(fault_of_options({"--database.url=sqlite:"}), forms);
  EXPECT_EQ(fault_of_options({"--database.url=mysql://ann:secret@db/chat"}), forms);
  for (const std::string url : {"postgresql://ann:secret@db/chat?no_such=1", "postgresql://ann:secret@[::1/chat"})
    EXPECT_EQ(fault_of_options({"--database.url=" + url}),
              "database.url: is no URI of PostgreSQL; see libpq's \"Connection URIs\"");
}

TEST(Configuration, PublicUrlIsAnOrigin) {
  configuration c;
  c.load({"--http.public-url=https://chat.example.com/"});
  EXPECT_EQ(c.values().http.public_url, "https://chat.example.com");
  constexpr auto fault = "http.public-url: must be like https://chat.example.com, without a path";
  EXPECT_EQ(fault_of_options({"--http.public-url=chat.example.com"}), fault);
  EXPECT_EQ(fault_of_options({"--http.public-url=https://chat.example.com/app"}), fault);
}

TEST(Configuration, CorsOriginsAreAList) {
  configuration c;
  c.load({"--http.cors-origins=https://app.example.com,http://localhost:3000"});
  EXPECT_EQ(c.values().http.cors_origins,
            (std::vector<std::string>{"https://app.example.com", "http://localhost:3000"}));
  for (const auto* wrong : {"*", "app.example.com", "https://", "https://a.example/", "https://A.example", "null",
                            "https://a.example, https://b.example", "https://u@a.example", "https://a.example,,"})
    EXPECT_EQ(fault_of_options({std::string{"--http.cors-origins="} + wrong}),
              "--http.cors-origins: must be like https://app.example.com,http://localhost:3000")
        << wrong;
}

TEST(Configuration, TrustedProxiesAreAddressesAndNetworks) {
  configuration c;
  c.load({"--http.trusted-proxies=10.0.0.0/8,::1"});
  ASSERT_EQ(c.values().http.trusted_proxies.size(), 2U);
  EXPECT_EQ(c.values().http.trusted_proxies.at(1).text, "::1");
  for (const auto* wrong : {"*", "proxy.example.com", "10.0.0.1/8", "10.0.0.0/33", "::1,,"})
    EXPECT_EQ(fault_of_options({std::string{"--http.trusted-proxies="} + wrong}),
              "--http.trusted-proxies: must be like 10.0.0.0/8,::1")
        << wrong;
}

TEST(Configuration, HelpAndVersionComeBeforeAnyFault) {
  EXPECT_EQ(configuration{}.load({"--http.prt=1", "--help"}), command::show_help);
  EXPECT_EQ(configuration{}.load({"--version"}), command::show_version);
  auto help = help_text();
  for (const auto& row : options())
    EXPECT_NE(help.find("--" + row.full_name() + "="), std::string::npos) << row.full_name();
}

TEST(Configuration, SetsUpTheActorScheduler) {
  configuration c;
  c.load({"--actors.threads=3"});
  EXPECT_EQ(caf::get_or(c, "scheduler.policy", caf::atom("none")), caf::atom("sharing"));
  EXPECT_EQ(caf::get_or(c, "scheduler.max-threads", std::size_t{0}), 3U);
  EXPECT_EQ(caf::get_or(c, "scheduler.max-throughput", std::size_t{0}), 100U);
}

}  // namespace
}  // namespace chatmesh::config
