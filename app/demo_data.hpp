// The example company: who works there, who its customers are and what they wrote. Names and numbers are made up.
#pragma once

#include <span>
#include <string_view>

namespace chatmesh::app::demo {

inline constexpr std::string_view company_name = "Fjordline Bikes";
inline constexpr std::string_view mail_domain = "@fjordline.example";
inline constexpr std::string_view password = "chatmesh-demo";

struct colleague {
  std::string_view login;  // before the mail domain; also the name of the avatar's file
  std::string_view name;
  std::string_view title;
  std::string_view phone;
  std::string_view role;
  bool joined = true;  // false: the invitation is still open
};

struct client {
  std::string_view name;
  std::string_view email;
  std::string_view phone;
  std::string_view organization;
  std::string_view status;
  std::string_view tags;        // JSON array
  std::string_view attributes;  // JSON object
  std::string_view assigned;    // a colleague's login; empty for nobody
};

// A colleague's login, or empty for the customer; the customer writes first.
struct line {
  std::string_view from;
  std::string_view text;
};

struct thread {
  std::string_view client;  // e-mail
  std::span<const line> lines;
};

struct remark {
  std::string_view client;  // e-mail
  std::string_view author;  // a colleague's login
  std::string_view text;
  bool pinned = false;
};

// The first colleague founds the company.
std::span<const colleague> colleagues();
std::span<const client> clients();
std::span<const thread> threads();
std::span<const remark> remarks();

}  // namespace chatmesh::app::demo
