#include "tests/support/postgresql_server.hpp"

#include "tests/support/wait.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace chatmesh::test {

namespace {

constexpr const char* owner = "chatmesh";  // the cluster's superuser

// Whom the server runs as: null where we are nobody special ourselves.
const passwd* server_user() {
  if (::geteuid() != 0)
    return nullptr;
  for (const char* name : {"postgres", "nobody"})
    if (const passwd* found = ::getpwnam(name))
      return found;
  throw std::runtime_error("no user to run PostgreSQL as");
}

// Debian keeps each version in a folder of its own; elsewhere the programs are in the path.
std::string program(const std::string& name) {
  std::error_code none;
  std::vector<std::filesystem::path> versions;
  for (const auto& each : std::filesystem::directory_iterator{"/usr/lib/postgresql", none})
    versions.push_back(each.path() / "bin" / name);
  std::ranges::sort(versions);
  return !versions.empty() && std::filesystem::exists(versions.back()) ? versions.back().string() : name;
}

// Starts a program of PostgreSQL as the server's user; its output goes to `log`.
pid_t launch(std::vector<std::string> words, const std::string& log, int network = -1) {
  const passwd* const user = server_user();
  std::vector<char*> arguments;
  for (auto& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0)
    throw std::runtime_error("fork");
  if (pid > 0)
    return pid;
  // Only async-signal-safe calls here: other threads of the test may hold any lock.
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (network >= 0 && ::setns(network, CLONE_NEWNET) != 0)
    ::_exit(126);
  for (int fd = STDERR_FILENO + 1; fd < 1024; ++fd)
    ::close(fd);
  if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0))
    ::_exit(126);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (::chdir("/") != 0)
    ::_exit(126);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

std::filesystem::path make_folder(const std::filesystem::path& parent) {
  auto pattern = (parent / "chatmesh-pg-XXXXXX").string();
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error("no temporary folder");
  if (const passwd* user = server_user(); user && ::chown(pattern.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("the folder can't be given to the server's user");
  return pattern;
}

using connection_ptr = std::unique_ptr<PGconn, void (*)(PGconn*)>;
using result_ptr = std::unique_ptr<PGresult, void (*)(PGresult*)>;

// And has let go of its shared memory: it is gone, or nobody has buried it yet.
bool has_ended(pid_t process) {
  std::ifstream file{"/proc/" + std::to_string(process) + "/stat"};
  std::string line;
  if (!std::getline(file, line))
    return true;
  const auto name_end = line.rfind(')');
  return name_end + 2 >= line.size() || line[name_end + 2] == 'Z' || line[name_end + 2] == 'X';
}

}  // namespace

postgresql_server::postgresql_server(std::vector<std::string> options, const std::filesystem::path& parent, int network)
    : folder_(make_folder(parent)), options_(std::move(options)), network_(network) {
  run("initdb",
      {"--pgdata=" + data_folder().string(), "--username=" + std::string{owner}, "--auth=trust", "--encoding=UTF8",
       "--locale=C", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync", "--no-instructions"});
  start();
}

postgresql_server::postgresql_server(postgresql_server& primary, std::vector<std::string> options, int network)
    : folder_(make_folder(std::filesystem::temp_directory_path())), options_(std::move(options)), network_(network) {
  run("pg_basebackup", {"--pgdata=" + data_folder().string(), "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
                        "--dbname=host=" + primary.folder_.string() + " user=" + owner + " application_name=standby"});
  start();
}

postgresql_server::~postgresql_server() {
  if (running())
    stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void postgresql_server::start() {
  std::vector<std::string> words{program("postgres"), "-D", data_folder().string(), "-k", folder_.string()};
  std::vector<std::string> settings{"listen_addresses=",           "fsync=off",         "full_page_writes=off",
                                    "wal_level=minimal",           "max_wal_senders=0", "max_connections=200",
                                    "shared_buffers=64MB",         "autovacuum=off",    "checkpoint_timeout=1h",
                                    "unix_socket_permissions=0700"};
  settings.insert(settings.end(), options_.begin(), options_.end());
  for (const auto& each : settings) {
    words.emplace_back("-c");
    words.push_back(each);
  }
  pid_ = launch(std::move(words), (folder_ / "log").string(), network_);
  const auto url = postgresql_url(folder_, "postgres");
  eventually("PostgreSQL's start", [&] {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("PostgreSQL did not start:\n" + log());
    }
    return PQping(url.c_str()) == PQPING_OK;
  });
}

void postgresql_server::stop(int signal) {
  const auto all = processes();
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
  for (const pid_t each : all)
    eventually("the end of PostgreSQL's processes", [&] { return has_ended(each); });
}

void postgresql_server::signal(int number) const {
  for (const pid_t each : processes())
    ::kill(each, number);
}

std::vector<pid_t> postgresql_server::processes() const {
  std::vector<pid_t> all{pid_};
  std::ifstream children{"/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children"};
  for (pid_t child = 0; children >> child;)
    all.push_back(child);
  return all;
}

void postgresql_server::give(const std::filesystem::path& place) const {
  if (const passwd* user = server_user(); user && ::chown(place.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error(place.string() + " can't be given to the server's user");
}

void postgresql_server::run(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{program(name)};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const auto started = launch(std::move(words), (folder_ / "log").string());
  int status = 0;
  ::waitpid(started, &status, 0);
  if (status != 0)
    throw std::runtime_error(name + " failed:\n" + log());
}

std::string postgresql_server::log() const {
  std::ostringstream text;
  text << std::ifstream{folder_ / "log"}.rdbuf();
  return text.str();
}

std::string postgresql_server::create_database(const std::string& name) {
  postgresql_execute(postgresql_url(folder_, "postgres"), "CREATE DATABASE " + name);
  return postgresql_url(folder_, name);
}

std::string postgresql_url(const std::filesystem::path& socket_folder, const std::string& database) {
  return "postgresql:///" + database + "?host=" + socket_folder.string() + "&user=" + owner;
}

std::string postgresql_execute(const std::string& url, const std::string& sql) {
  const connection_ptr connection{PQconnectdb(url.c_str()), PQfinish};
  if (PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  const result_ptr result{PQexec(connection.get(), sql.c_str()), PQclear};
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
  return status == PGRES_TUPLES_OK && PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace chatmesh::test
