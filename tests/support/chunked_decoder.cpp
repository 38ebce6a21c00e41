#include "tests/support/chunked_decoder.hpp"

#include "tests/support/wait.hpp"

#include <algorithm>
#include <cctype>

namespace chatmesh::test {

namespace {

constexpr std::size_t max_size_digits = 8;

}  // namespace

std::size_t chunked_decoder::feed(std::string_view bytes, std::string& out) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !done()) {
    if (state_ != state::data) {
      take(bytes[taken++]);
      continue;
    }
    const auto n = std::min(left_, bytes.size() - taken);
    out.append(bytes.substr(taken, n));
    taken += n;
    left_ -= n;
    if (left_ == 0)
      state_ = state::data_end;
  }
  return taken;
}

void chunked_decoder::take(char c) {
  const auto expect_line_end = [&](state next) {
    line_ += c;
    if (!std::string_view{"\r\n"}.starts_with(line_))
      throw format_error("chunked coding: no CR LF where one belongs");
    if (line_.size() == 2) {
      line_.clear();
      state_ = next;
    }
  };
  switch (state_) {
  case state::size:
    if (std::isxdigit(static_cast<unsigned char>(c)) && line_.size() < max_size_digits) {
      line_ += c;
      return;
    }
    if (line_.empty())
      throw format_error("chunked coding: a chunk without a size");
    left_ = std::stoul(line_, nullptr, 16);
    line_.clear();
    state_ = state::size_end;
    [[fallthrough]];
  case state::size_end: expect_line_end(left_ == 0 ? state::last_end : state::data); return;
  case state::data_end: expect_line_end(state::size); return;
  case state::last_end: expect_line_end(state::done); return;
  case state::data:
  case state::done: return;  // feed() does not come here
  }
}

}  // namespace chatmesh::test
