#include "config/configuration.hpp"

#include "config/endpoint.hpp"
#include "config/option.hpp"
#include "config/units.hpp"

#include <caf/atom.hpp>
#include <caf/config_value.hpp>
#include <caf/pec.hpp>
#include <caf/settings.hpp>
#include <caf/timespan.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

namespace chatmesh::config {

namespace {

constexpr auto default_file = "chatmesh.conf";

// The text that an option's set() reads. None for lists and other forms that no setting has.
std::optional<std::string> text_of(const caf::config_value& value) {
  if (const auto* s = caf::get_if<std::string>(&value))
    return *s;
  if (const auto* n = caf::get_if<std::int64_t>(&value))
    return std::to_string(*n);
  if (const auto* t = caf::get_if<caf::timespan>(&value))
    return std::to_string(t->count()) + "ns";
  if (const auto* b = caf::get_if<bool>(&value))
    return *b ? "true" : "false";
  return std::nullopt;
}

void apply(std::string_view source, const std::string& name, const caf::config_value& value, settings& into) {
  auto where = std::string{source} + name;
  const auto* row = find_option(name);
  if (row == nullptr)
    throw config_error{where + ": no such setting; chatmesh --help lists them"};
  auto text = text_of(value);
  if (!text)
    throw config_error{where + ": a single value is expected"};
  try {
    row->set(into, *text);
  } catch (const bad_value& e) {
    throw config_error{where + ": " + e.what()};
  }
}

// Takes every "group.name" of CAF's nested dictionaries; what stands outside of a group goes to `global`.
template <class Global>
void apply_all(std::string_view source, const caf::settings& found, settings& into, Global global) {
  for (const auto& [group, value] : found) {
    if (const auto* members = caf::get_if<caf::config_value::dictionary>(&value))
      for (const auto& [name, member] : *members)
        apply(source, group + "." + name, member, into);
    else
      global(group, value);
  }
}

// What CAF's parser says of the place of an error: {"argument": ...} or {"line": ..., "column": ...}.
template <class T>
std::optional<T> context_of(const caf::error& e, caf::string_view key) {
  const auto& context = e.context();
  if (context.empty() || !context.match_element<caf::settings>(0))
    return std::nullopt;
  if (const auto value = caf::get_if<T>(&context.get_as<caf::settings>(0), key))
    return *value;
  return std::nullopt;
}

std::string explain_argument(const caf::error& e) {
  auto argument = context_of<std::string>(e, "argument").value_or("command line");
  if (e == caf::pec::not_an_option)
    return argument + ": no such option; chatmesh --help lists them";
  if (e == caf::pec::missing_argument)
    return argument + ": a value is missing; options are written --group.name=value";
  return argument + ": not understood";
}

// Whoever can write to a link can write to every stream.
void check_links(const cluster_settings& c) {
  if (!c.enabled || c.listen.empty())
    return;
  const auto at = parse_endpoint(c.listen);
  if (!at)
    throw config_error{"cluster.listen: must be like 10.0.0.1:7400 or [fd00::1]:7400"};
  const auto given = !c.certificate.empty() + !c.key.empty() + !c.ca.empty();
  if (given != 0 && given != 3)
    throw config_error{"cluster.certificate, cluster.key and cluster.ca belong together: all of them, or none"};
  if (given == 0 && !c.insecure && !at->is_loopback())
    throw config_error{"cluster.listen: links to other machines need cluster.certificate, cluster.key and cluster.ca; "
                       "in a network that nobody else is in, cluster.insecure on goes without"};
  if (c.advertise.empty() && at->is_wildcard())
    throw config_error{"cluster.advertise: " + at->host + " is no address that other nodes could reach; name one"};
  if (!c.advertise.empty() && !parse_endpoint(c.advertise, at->port))
    throw config_error{"cluster.advertise: must be like node1.internal:7400, or a host alone"};
}

}  // namespace

void read_file(std::istream& in, std::string_view source, settings& into) {
  caf::settings found;
  // Without option types: CAF drops values of another type without a word, our own check names them.
  if (auto e = caf::actor_system_config::parse_config(in, caf::config_option_set{}, found)) {
    std::ostringstream text;
    text << source << ":" << context_of<std::int64_t>(e, "line").value_or(0) << ":"
         << context_of<std::int64_t>(e, "column").value_or(0) << ": not understood; strings stand in \"quotes\"";
    throw config_error{text.str()};
  }
  apply_all(std::string{source} + ": ", found, into, [&](const std::string& name, const caf::config_value&) {
    throw config_error{std::string{source} + ": " + name + ": no such setting; settings stand below a [group]"};
  });
}

void complete(settings& s) {
  try {
    s.persistence.database = persistence::parse_database_url(s.process.database_url);
  } catch (const persistence::database_error& e) {
    throw config_error{std::string{"database.url: "} + e.what()};
  }
  if (s.cluster.enabled && s.persistence.database.kind == persistence::database_kind::sqlite)
    throw config_error{"cluster.enabled: an SQLite file serves one node alone; several need a PostgreSQL database that "
                       "they share (database.url), or else cluster.enabled off"};

  check_links(s.cluster);

  auto& public_url = s.http.public_url;
  if (public_url.ends_with('/'))
    public_url.pop_back();
  auto host = public_url.find("://");
  auto scheme_fits = public_url.starts_with("http://") || public_url.starts_with("https://");
  if (!public_url.empty() && (!scheme_fits || public_url.find('/', host + 3) != std::string::npos))
    throw config_error{"http.public-url: must be like https://chat.example.com, without a path"};
  s.http.node = s.actors.node;
}

configuration::configuration() {
  // As text, so that both forms of a setting are read and refused by the same code.
  for (const auto& row : options())
    opt_group{custom_options_, row.group}.add<std::string>(row.name, row.help);
  opt_group{custom_options_, "global"}.add<bool>("demo", "fills an empty database with an example company");
}

command configuration::load(std::vector<std::string> args) {
  auto given = [&](std::string_view name) { return std::find(args.begin(), args.end(), name) != args.end(); };
  if (given("--help") || given("-h") || given("-?"))
    return command::show_help;
  if (given("--version"))
    return command::show_version;
  for (const auto* unwanted : {"--long-help", "--dump-config"})  // CAF's own, about options that are not for users
    if (given(unwanted))
      throw config_error{std::string{unwanted} + ": no such option; chatmesh --help lists them"};
  asked_ = take_command(args);
  read_options(std::move(args));
  complete(values_);
  set_up_scheduler();
  return asked_.what;
}

void configuration::read_options(std::vector<std::string> args) {
  std::istringstream no_file;
  if (auto e = parse(std::move(args), no_file))
    throw config_error{explain_argument(e)};
  if (!remainder.empty())
    throw config_error{remainder.front() + ": options are written --group.name=value"};
  if (const auto file = caf::get_if<std::string>(&content, "config-file")) {
    std::ifstream in{*file};
    if (!in)
      throw config_error{*file + ": can't be read"};
    read_file(in, *file, values_);
  } else {
    read_default_file();
  }
  apply_all("--", content, values_, [this](const std::string& name, const caf::config_value&) {
    if (name == "demo")
      values_.process.demo = true;
    else if (name != "config-file")
      throw config_error{"--" + name + ": no such option; chatmesh --help lists them"};
  });
}

void configuration::read_default_file() {
  if (!std::filesystem::exists(default_file))
    return;
  std::ifstream in{default_file};
  if (!in)
    throw config_error{std::string{default_file} + ": can't be read"};
  read_file(in, default_file, values_);
}

void configuration::set_up_scheduler() {
  content.clear();
  // `stealing`, the default, burns CPU when idle and wakes late; unlimited throughput lets one busy company starve
  // others.
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", values_.process.actor_threads);
  set("scheduler.max-throughput", values_.process.actor_throughput);
}

std::string help_text() {
  std::ostringstream out;
  out << "Usage: chatmesh [command] [--group.name=value ...]\n\n"
      << command_help()
      << "\n"
         "  --config-file=<file>   default: ./chatmesh.conf where it exists\n"
         "  --demo                 fills an empty database with an example company\n"
         "  --help, --version\n";
  const settings defaults;
  std::string_view group;
  for (const auto& row : options()) {
    if (row.group != group)
      out << "\n" << row.group << "\n";
    group = row.group;
    auto option = "  --" + row.full_name() + "=" + row.get(defaults);
    option.resize(std::max<std::size_t>(option.size() + 1, 46), ' ');
    out << option << row.help << "\n";
  }
  return out.str();
}

}  // namespace chatmesh::config
