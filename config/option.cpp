#include "config/option.hpp"

#include "config/units.hpp"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

namespace chatmesh::config {

namespace {

// The makers below bind one member of the settings, named by a function `settings& -> member&`.
template <class Member>
auto& read(Member member, const settings& s) {
  return member(const_cast<settings&>(s));  // NOLINT(cppcoreguidelines-pro-type-const-cast): only read
}

struct head {
  std::string_view group, name, help;
};

template <class Member>
option text(head h, Member member) {
  return {h.group, h.name, h.help, [member](settings& s, std::string_view v) { member(s) = v; },
          [member](const settings& s) { return read(member, s); }};
}

template <class Member>
option word(head h, Member member, std::vector<std::string> words) {
  auto set = [member, words = std::move(words)](settings& s, std::string_view v) {
    if (std::find(words.begin(), words.end(), v) == words.end()) {
      std::string all;
      for (const auto& w : words)
        all += (all.empty() ? "" : ", ") + w;
      throw bad_value{"must be one of " + all};
    }
    member(s) = v;
  };
  return {h.group, h.name, h.help, std::move(set), [member](const settings& s) { return read(member, s); }};
}

template <class Member>
option on_off(head h, Member member) {
  auto set = [member](settings& s, std::string_view v) {
    if (v != "on" && v != "off" && v != "true" && v != "false")
      throw bad_value{"must be on or off"};
    member(s) = v == "on" || v == "true";
  };
  return {h.group, h.name, h.help, std::move(set),
          [member](const settings& s) { return std::string{read(member, s) ? "on" : "off"}; }};
}

template <class Member>
option count(head h, Member member, std::uint64_t min, std::uint64_t max) {
  using value = std::remove_reference_t<decltype(member(std::declval<settings&>()))>;
  return {h.group,
          h.name,
          h.help,
          [=](settings& s, std::string_view v) { member(s) = static_cast<value>(parse_count(v, min, max)); },
          [member](const settings& s) { return std::to_string(read(member, s)); },
          false};
}

// `unit`: how many bytes one step of the member is.
template <class Member>
option bytes(head h, Member member, std::uint64_t min, std::uint64_t max, std::uint64_t unit = 1) {
  auto set = [=](settings& s, std::string_view v) {
    auto n = parse_bytes(v, min, max);
    if (n % unit != 0)
      throw bad_value{"must be a multiple of " + format_bytes(unit)};
    member(s) = static_cast<std::size_t>(n / unit);
  };
  return {h.group, h.name, h.help, std::move(set),
          [=](const settings& s) { return format_bytes(read(member, s) * unit); }};
}

template <class Member>
option duration(head h, Member member, std::chrono::nanoseconds min, std::chrono::nanoseconds max) {
  using value = std::remove_reference_t<decltype(member(std::declval<settings&>()))>;
  auto set = [=](settings& s, std::string_view v) {
    auto time = parse_duration(v);
    if (time < min || time > max)
      throw bad_value{"must be " + format_duration(min) + " to " + format_duration(max)};
    auto whole = std::chrono::duration_cast<value>(time);
    if (whole != time)
      throw bad_value{"must be a multiple of " + format_duration(value{1})};
    member(s) = whole;
  };
  return {h.group, h.name, h.help, std::move(set),
          [member](const settings& s) { return format_duration(read(member, s)); }};
}

// What a browser sends as Origin: scheme and host, in lower case, perhaps a port.
bool is_origin(std::string_view text) {
  const auto host = text.find("://") + 3;
  return (text.starts_with("http://") || text.starts_with("https://")) && host < text.size() &&
         text.find_first_of("/?#@*,; ", host) == std::string_view::npos &&
         std::none_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c <= ' ' || c > '~'; });
}

// Elements with commas between. `parse`: text to an optional element; `format`: the way back.
template <class Member, class Parse, class Format>
option list(head h, Member member, std::string_view example, Parse parse, Format format) {
  auto set = [member, example, parse](settings& s, std::string_view v) {
    std::decay_t<decltype(member(s))> all;
    while (!v.empty()) {
      const auto end = std::min(v.find(','), v.size());
      auto each = parse(v.substr(0, end));
      if (!each)
        throw bad_value{"must be like " + std::string{example}};
      all.push_back(*std::move(each));
      v.remove_prefix(std::min(end + 1, v.size()));
    }
    member(s) = std::move(all);
  };
  auto get = [member, format](const settings& s) {
    std::string text;
    for (const auto& each : read(member, s))
      text.append(text.empty() ? "" : ",").append(format(each));
    return text;
  };
  return {h.group, h.name, h.help, std::move(set), std::move(get)};
}

template <class Member>
option origins(head h, Member member) {
  const auto parse = [](std::string_view text) {
    return is_origin(text) ? std::optional{std::string{text}} : std::nullopt;
  };
  return list(h, member, "https://app.example.com,http://localhost:3000", parse,
              [](const std::string& x) { return x; });
}

template <class Member>
option networks(head h, Member member) {
  return list(h, member, "10.0.0.0/8,::1", http::parse_network, [](const http::network& x) { return x.text; });
}

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): a lambda for a member, the one thing that is no value
#define MEMBER(path)                                                                                                   \
  [](settings & s) -> auto& {                                                                                          \
    return s.path;                                                                                                     \
  }

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
constexpr std::uint64_t kib = 1024, mib = 1024 * kib;
constexpr std::uint64_t any_count = std::numeric_limits<std::uint32_t>::max();
constexpr auto day = 24h;

std::vector<option> http_options() {
  return {
      text({"http", "address", "address to listen on"}, MEMBER(http.address)),
      count({"http", "port", "port to listen on; 0 takes any free one"}, MEMBER(http.port), 0, 65'535),
      count({"http", "threads", "io threads; each owns its connections; 0 = one for two processors"},
            MEMBER(http.threads), 0, 256),
      on_off({"http", "io-uring", "sends to many streams in one system call where the kernel allows it"},
             MEMBER(http.io_uring)),
      text({"http", "public-url", "address that clients use; empty goes by the Host header"}, MEMBER(http.public_url)),
      origins({"http", "cors-origins", "origins whose pages may use the API, by bearer token; with commas between"},
              MEMBER(http.cors_origins)),
      networks({"http", "trusted-proxies", "addresses whose X-Forwarded-For counts; with commas between"},
               MEMBER(http.trusted_proxies)),
      text({"http", "web-root", "folder of the web files; empty finds them"}, MEMBER(http.web_root)),
      count({"http", "max-connections", "open sockets"}, MEMBER(http.max_connections), 1, 1'000'000),
      bytes({"http", "max-header-bytes", "request line and header fields"}, MEMBER(http.max_header_bytes), kib, mib),
      bytes({"http", "max-target-bytes", "path and query"}, MEMBER(http.max_target_bytes), 256, 64 * kib),
      bytes({"http", "max-body-bytes", "body of a request"}, MEMBER(http.max_body_bytes), 128 * kib, 64 * mib),
      bytes({"http", "max-pipelined-bytes", "read ahead of the request being answered"},
            MEMBER(http.max_pipelined_bytes), kib, 16 * mib),
      duration({"http", "header-timeout", "first byte to end of header"}, MEMBER(http.header_timeout), 1s, 1h),
      duration({"http", "body-timeout", "reading a body"}, MEMBER(http.body_timeout), 1s, 1h),
      duration({"http", "write-timeout", "an ordinary answer whose peer takes nothing"}, MEMBER(http.write_timeout), 1s,
               1h),
      bytes({"http", "max-static-bytes", "all web files together; they are kept in memory"},
            MEMBER(http.max_static_bytes), 64 * kib, 64 * mib),
      duration({"http", "close-timeout", "answers that are under way when the server ends"}, MEMBER(http.close_timeout),
               1s, 1h),
      duration({"http", "idle-timeout", "between two requests"}, MEMBER(http.idle_timeout), 1s, 24h),
      duration({"http", "stalled-reader-timeout", "a stream whose peer takes nothing; 0 waits forever"},
               MEMBER(http.stalled_reader_timeout), 0s, 24h),
  };
}

std::vector<option> ops_and_limit_options() {
  return {
      on_off({"ops", "enabled", "on or off"}, MEMBER(http.operations)),
      text({"ops", "address", "address to listen on"}, MEMBER(http.operations_address)),
      count({"ops", "port", "port to listen on; 0 takes any free one"}, MEMBER(http.operations_port), 0, 65'535),
      count({"limits", "streams-per-member", "of one member in one company; 0 = no limit"},
            MEMBER(actors.streams_per_member), 0, any_count),
      on_off({"limits", "rate", "on or off: the limits below"}, MEMBER(http.rate_limits)),
      count({"limits", "auth-per-minute", "of an address: sign-ups, log-ins, accepts and widget sessions, each"},
            MEMBER(http.auth_per_minute), 1, any_count),
      count({"limits", "requests-per-second", "of one token"}, MEMBER(http.requests_per_second), 1, any_count),
      count({"limits", "customer-messages-per-minute", "of one customer, through the widget"},
            MEMBER(http.customer_messages_per_minute), 1, any_count),
      count({"limits", "address-messages-per-minute", "of all customers of one address"},
            MEMBER(http.address_messages_per_minute), 1, any_count),
      count({"limits", "images-per-minute", "that are uploaded with one token"}, MEMBER(http.images_per_minute), 1,
            any_count),
  };
}

std::vector<option> auth_options() {
  return {
      bytes({"auth", "argon2-memory", "of one password hash"}, MEMBER(http.password_memory_kib), 8 * kib, 1024 * mib,
            kib),
      count({"auth", "argon2-passes", "of one password hash"}, MEMBER(http.password_passes), 1, 100),
      count({"auth", "queue", "password hashes that may wait"}, MEMBER(http.password_queue), 1, 100'000),
      duration({"auth", "session-life", "of a member's session"}, MEMBER(http.session_life), 1s, 3650 * day),
      duration({"auth", "invitation-life", "of an invitation"}, MEMBER(http.invitation_life), 1s, 3650 * day),
      duration({"auth", "widget-life", "of a customer's token"}, MEMBER(http.widget_life), 1s, 3650 * day),
  };
}

std::vector<option> stream_options() {
  return {
      duration({"stream", "heartbeat", "a heartbeat after so much silence"}, MEMBER(actors.heartbeat), 100ms, 1h),
      duration({"stream", "retry", "what hello asks clients to wait before they reconnect"}, MEMBER(actors.retry), 0ms,
               1h),
      duration({"stream", "skip-delay", "a skip waits no longer than this"}, MEMBER(actors.skip_delay), 0ms, 1s),
      duration({"stream", "linger",
                "under load, a company's events wait so long for more, 3 times for known ones; 0 = never"},
               MEMBER(actors.linger), 0ms, 5ms),
      duration({"stream", "presence-grace", "from the last stream's end to offline"}, MEMBER(actors.presence_grace),
               0ms, 1h),
      duration({"stream", "presence-gather", "at most one presence frame in this time"}, MEMBER(actors.presence_gather),
               0ms, 1h),
      duration({"stream", "typing-interval", "at most one typing frame of one person in this time"},
               MEMBER(actors.typing_interval), 0ms, 1h),
      duration({"stream", "log-retry", "after a failed read of the change log"}, MEMBER(actors.log_retry), 1ms, 1min),
      duration({"stream", "idle", "a company without streams leaves memory after this"}, MEMBER(actors.idle), 0ms, 24h),
      duration({"stream", "reset-spread", "snapshots after a reset spread over this"}, MEMBER(actors.reset_spread), 0ms,
               1h),
      count({"stream", "window-events", "recent events a company keeps in memory"}, MEMBER(actors.window_events), 1,
            1'000'000),
      bytes({"stream", "window-bytes", "and their size"}, MEMBER(actors.window_bytes), 64 * kib, 1024 * mib),
      count({"stream", "page-events", "one read of the change log"}, MEMBER(actors.page_events), 1, 100'000),
      bytes({"stream", "page-bytes", "and its size"}, MEMBER(actors.page_bytes), 64 * kib, 64 * mib),
      count({"stream", "cached-pages", "of one company"}, MEMBER(actors.cached_pages), 1, 10'000),
  };
}

std::vector<option> database_options() {
  return {
      text({"database", "url", "sqlite:<file> or postgresql://<user>:<password>@<host>:<port>/<database>"},
           MEMBER(process.database_url)),
      count({"database", "readers", "threads that read"}, MEMBER(persistence.readers), 1, 64),
      count({"database", "reader-queue", "reads that may wait"}, MEMBER(persistence.reader_queue), 1, 10'000'000),
      count({"database", "writers", "PostgreSQL: sessions that write at the same time; SQLite has one"},
            MEMBER(persistence.writers), 1, 64),
      count({"database", "writer-queue", "writes that may wait"}, MEMBER(persistence.writer_queue), 1, 10'000'000),
      count({"database", "batch", "writes of one transaction"}, MEMBER(persistence.batch), 1, 10'000),
      duration({"database", "commit-delay",
                "many writers' writes are gathered into one commit, no longer than this or one takes; 0 = never"},
               MEMBER(persistence.commit_delay), 0ms, 5ms),
      duration({"database", "writer-patience", "a write that has waited longer for its turn is refused"},
               MEMBER(persistence.writer_patience), 100ms, 1h),
      duration({"database", "lock-timeout", "others' locks are waited for so long"}, MEMBER(persistence.busy_timeout),
               1ms, 1min),
      duration(
          {"database", "start-check", "at the start, SQLite's file is looked through for damage so long; 0 = never"},
          MEMBER(persistence.start_check), 0ms, 1h),
      bytes({"database", "wal-limit", "SQLite's write-ahead log is folded in above this"},
            MEMBER(persistence.wal_limit_mib), mib, 16 * 1024 * mib, mib),
      count({"retention", "events", "a company's events stay while among its last so many"},
            MEMBER(process.retention_events), 1, 1'000'000'000'000),
      duration({"retention", "age", "or younger than this"}, MEMBER(process.retention_age), 0s, 36'500 * day),
      duration({"retention", "audit", "who did what and when stays so long, without the data; 0 = for ever"},
               MEMBER(process.retention_audit), 0s, 36'500 * day),
      duration({"retention", "interval", "between two looks for what may go"}, MEMBER(process.retention_interval), 1s,
               24h),
  };
}

std::vector<option> process_options() {
  return {
      text({"node", "name", "told in hello"}, MEMBER(actors.node)),
      on_off({"cluster", "enabled", "on: other nodes serve the same PostgreSQL database"}, MEMBER(cluster.enabled)),
      duration({"cluster", "head-check-interval", "what other nodes committed is noticed within this, whatever fails"},
               MEMBER(cluster.head_check_interval), 100ms, 1h),
      duration({"cluster", "node-lease", "a node that has been silent for so long counts as gone"},
               MEMBER(cluster.node_lease), 3s, 1h),
      text({"cluster", "listen", "host:port for links of other nodes; empty: changes wait for head-check-interval"},
           MEMBER(cluster.listen)),
      text({"cluster", "advertise", "where other nodes reach that, host:port or host; empty: as in listen"},
           MEMBER(cluster.advertise)),
      text({"cluster", "certificate", "PEM file: this node's certificate, and what its issuer needs"},
           MEMBER(cluster.certificate)),
      text({"cluster", "key", "PEM file: the certificate's key"}, MEMBER(cluster.key)),
      text({"cluster", "ca", "PEM file: the cluster's own CA; whoever has a certificate of it is a node"},
           MEMBER(cluster.ca)),
      on_off({"cluster", "insecure", "on: links without certificates, in a network that nobody else is in"},
             MEMBER(cluster.insecure)),
      count({"cluster", "newest-wire", "links speak no newer form than this; 0 = the newest that is known"},
            MEMBER(cluster.newest_wire), 0, 2),
      duration({"cluster", "link-timeout", "a link that is silent for so long is gone"}, MEMBER(cluster.link_timeout),
               3s, 1min),
      count({"actors", "threads", "of the actor scheduler"}, MEMBER(process.actor_threads), 1, 256),
      count({"actors", "throughput", "messages of one actor in a row"}, MEMBER(process.actor_throughput), 1, 1'000'000),
      word({"log", "level", "trace, debug, info, warn, error or off"}, MEMBER(process.log_level),
           {"trace", "debug", "info", "warn", "error", "off"}),
      word({"log", "format", "text or json"}, MEMBER(process.log_format), {"text", "json"}),
      count({"shutdown", "reconnects-per-second", "streams that end come back no faster, elsewhere"},
            MEMBER(process.shutdown_reconnects), 1, 1'000'000),
      duration({"shutdown", "spread", "but all of them within this"}, MEMBER(process.shutdown_spread), 0ms, 1h),
      duration({"shutdown", "limit", "an orderly end takes no longer"}, MEMBER(process.shutdown_limit), 1s, 1h),
  };
}

#undef MEMBER

}  // namespace

std::span<const option> options() {
  static const std::vector<option> all = [] {
    std::vector<option> rows;
    for (auto part :
         {http_options, ops_and_limit_options, auth_options, stream_options, database_options, process_options})
      for (auto& row : part())
        rows.push_back(std::move(row));
    return rows;
  }();
  return all;
}

const option* find_option(std::string_view full_name) {
  auto all = options();
  auto it = std::find_if(all.begin(), all.end(), [=](const option& o) { return o.full_name() == full_name; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace chatmesh::config
