#include "app/logging.hpp"

#include "domain/entities.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>

namespace chatmesh::app {

namespace {

// The message as the inside of a JSON string: invalid UTF-8 replaced, control characters and (in JSON) quotes escaped.
class escaped_message final : public spdlog::custom_flag_formatter {
public:
  explicit escaped_message(bool json) : json_(json) {}

  void format(const spdlog::details::log_msg& msg, const std::tm&, spdlog::memory_buf_t& dest) override {
    const std::string text{msg.payload.data(), msg.payload.size()};
    const auto quoted = domain::json(text).dump(-1, ' ', false, domain::json::error_handler_t::replace);
    std::string_view inside{quoted};
    inside = inside.substr(1, inside.size() - 2);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      // Quotes and backslashes may stand in a line for people as they are.
      if (!json_ && inside[i] == '\\' && (inside[i + 1] == '"' || inside[i + 1] == '\\'))
        ++i;
      dest.push_back(inside[i]);
    }
  }

  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<escaped_message>(json_); }

private:
  bool json_;
};

}  // namespace

void set_up_log(const config::process_settings& s) {
  const auto json = s.log_format == "json";
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<escaped_message>('*', json);
  formatter->set_pattern(json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%*"})"
                              : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %*");
  auto logger = spdlog::stderr_color_mt("chatmesh");
  logger->set_formatter(std::move(formatter));
  spdlog::set_default_logger(std::move(logger));
  spdlog::set_level(spdlog::level::from_str(s.log_level));
}

}  // namespace chatmesh::app
