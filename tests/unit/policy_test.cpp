// Protocol §3, "Roles", as tables: who (agent, admin, owner) may do what.
#include "domain/policy.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace chatmesh::domain {

void PrintTo(verdict v, std::ostream* out) {
  *out << (v == verdict::allowed ? "allowed" : v == verdict::forbidden ? "forbidden" : "last_owner");
}

}  // namespace chatmesh::domain

namespace {

using namespace chatmesh::domain;

constexpr auto yes = verdict::allowed;
constexpr auto no = verdict::forbidden;
constexpr auto last = verdict::last_owner;

employee member(role r) {
  employee e;
  e.id = id::make();
  e.name = "Someone";
  e.role = r;
  return e;
}

// The fields of `e` with another role.
employee_fields with_role(const employee& e, role r) {
  employee_fields f = e;
  f.role = r;
  return f;
}

verdict change_role(role who, role from, role to, std::uint64_t other_owners = 1) {
  const auto target = member(from);
  return may_update_employee(member(who), target, with_role(target, to), other_owners);
}

verdict change_own_role(role from, role to, std::uint64_t other_owners = 1) {
  const auto self = member(from);
  return may_update_employee(self, self, with_role(self, to), other_owners);
}

verdict remove(role who, role target, std::uint64_t other_owners = 1) {
  return may_remove_employee(member(who), member(target), other_owners);
}

verdict remove_self(role who, std::uint64_t other_owners = 1) {
  const auto self = member(who);
  return may_remove_employee(self, self, other_owners);
}

TEST(Policy, CompanyIsChangedByAdminsAndDeletedByOwners) {
  EXPECT_EQ(may_update_company(member(role::agent)), no);
  EXPECT_EQ(may_update_company(member(role::admin)), yes);
  EXPECT_EQ(may_update_company(member(role::owner)), yes);
  EXPECT_EQ(may_delete_company(member(role::agent)), no);
  EXPECT_EQ(may_delete_company(member(role::admin)), no);
  EXPECT_EQ(may_delete_company(member(role::owner)), yes);
}

TEST(Policy, ApiTokensAreForAdminsAndThoseOfOwnersForOwners) {
  for (const auto of : {role::agent, role::admin, role::owner}) {
    EXPECT_EQ(may_write_api_token(member(role::agent), of), no);
    EXPECT_EQ(may_write_api_token(member(role::admin), of), of == role::owner ? no : yes);
    EXPECT_EQ(may_write_api_token(member(role::owner), of), yes);
  }
}

TEST(Policy, OnlyOwnersMakeOwners) {
  for (const auto wanted : {role::agent, role::admin, role::owner}) {
    EXPECT_EQ(may_create_employee(member(role::agent), wanted), no);
    EXPECT_EQ(may_create_employee(member(role::admin), wanted), wanted == role::owner ? no : yes);
    EXPECT_EQ(may_create_employee(member(role::owner), wanted), yes);
  }
}

TEST(Policy, EveryoneChangesTheirOwnProfileWithoutTheRole) {
  for (const auto r : {role::agent, role::admin, role::owner}) {
    const auto self = member(r);
    auto next = with_role(self, r);
    next.name = "Someone Else";
    next.title = "Boss";
    EXPECT_EQ(may_update_employee(self, self, next, 0), yes);
  }
}

TEST(Policy, AgentsChangeNoRolesAndNobodyElse) {
  EXPECT_EQ(change_own_role(role::agent, role::admin), no);
  EXPECT_EQ(change_own_role(role::agent, role::owner), no);
  for (const auto from : {role::agent, role::admin, role::owner}) {
    for (const auto to : {role::agent, role::admin, role::owner})
      EXPECT_EQ(change_role(role::agent, from, to), no);
  }
}

TEST(Policy, AdminsChangeEmployeesOtherThanOwners) {
  for (const auto from : {role::agent, role::admin}) {
    EXPECT_EQ(change_role(role::admin, from, role::agent), yes);
    EXPECT_EQ(change_role(role::admin, from, role::admin), yes);
    EXPECT_EQ(change_role(role::admin, from, role::owner), no);
  }
  for (const auto to : {role::agent, role::admin, role::owner})
    EXPECT_EQ(change_role(role::admin, role::owner, to), no);
  EXPECT_EQ(change_own_role(role::admin, role::agent), yes);
  EXPECT_EQ(change_own_role(role::admin, role::owner), no);
}

TEST(Policy, OwnersChangeEveryone) {
  for (const auto from : {role::agent, role::admin, role::owner}) {
    for (const auto to : {role::agent, role::admin, role::owner})
      EXPECT_EQ(change_role(role::owner, from, to), yes);
  }
}

TEST(Policy, TheLastOwnerStaysOwner) {
  EXPECT_EQ(change_own_role(role::owner, role::admin, 0), last);
  EXPECT_EQ(change_own_role(role::owner, role::agent, 0), last);
  EXPECT_EQ(change_own_role(role::owner, role::owner, 0), yes);
  EXPECT_EQ(change_own_role(role::owner, role::admin, 1), yes);
  EXPECT_EQ(change_role(role::admin, role::owner, role::admin, 0), no) << "who may not even ask learns nothing";
  EXPECT_EQ(change_role(role::owner, role::admin, role::agent, 0), yes) << "the target is no owner";
}

TEST(Policy, RemovesByRank) {
  for (const auto target : {role::agent, role::admin, role::owner}) {
    EXPECT_EQ(remove(role::agent, target), no);
    EXPECT_EQ(remove(role::admin, target), target == role::owner ? no : yes);
    EXPECT_EQ(remove(role::owner, target), yes);
  }
  EXPECT_EQ(remove_self(role::agent), no);
  EXPECT_EQ(remove_self(role::admin), yes);
  EXPECT_EQ(remove_self(role::owner, 1), yes);
  EXPECT_EQ(remove_self(role::owner, 0), last);
  EXPECT_EQ(remove(role::admin, role::owner, 0), no);
  EXPECT_EQ(remove(role::owner, role::admin, 0), yes);
}

TEST(Policy, NotesAreWrittenByTheirAuthorAndByAdmins) {
  for (const auto r : {role::agent, role::admin, role::owner}) {
    const auto who = member(r);
    note own;
    own.author = who;
    note foreign;
    foreign.author = member(role::owner);
    EXPECT_EQ(may_write_note(who, own), yes);
    EXPECT_EQ(may_write_note(who, foreign), r == role::agent ? no : yes);
  }
}

message message_by(direction d, author_kind kind, const id& author) {
  message m;
  m.direction = d;
  m.author.kind = kind;
  m.author.id = author;
  return m;
}

TEST(Policy, OutboundMessagesBelongToTheirAuthorAndToAdmins) {
  for (const auto r : {role::agent, role::admin, role::owner}) {
    const auto who = member(r);
    const auto own = message_by(direction::outbound, author_kind::employee, who.id);
    const auto foreign = message_by(direction::outbound, author_kind::employee, id::make());
    const auto by_token = message_by(direction::outbound, author_kind::token, who.id);
    const auto others = r == role::agent ? no : yes;
    EXPECT_EQ(may_edit_message(who, own), yes);
    EXPECT_EQ(may_edit_message(who, foreign), others);
    EXPECT_EQ(may_edit_message(who, by_token), others);
    EXPECT_EQ(may_delete_message(who, own), yes);
    EXPECT_EQ(may_delete_message(who, foreign), others);
  }
}

TEST(Policy, NobodyEditsAnInboundMessageAndAdminsDeleteIt) {
  const auto inbound = message_by(direction::inbound, author_kind::customer, id::make());
  for (const auto r : {role::agent, role::admin, role::owner}) {
    EXPECT_EQ(may_edit_message(member(r), inbound), no);
    EXPECT_EQ(may_delete_message(member(r), inbound), r == role::agent ? no : yes);
  }
}

TEST(Policy, WhoIsNoActiveMemberMayNothing) {
  for (const auto status : {employee_status::removed, employee_status::invited}) {
    auto who = member(role::owner);
    who.status = status;
    note own_note;
    own_note.author = who;
    const auto own_message = message_by(direction::outbound, author_kind::employee, who.id);
    EXPECT_EQ(may_update_company(who), no);
    EXPECT_EQ(may_delete_company(who), no);
    EXPECT_EQ(may_create_employee(who, role::agent), no);
    EXPECT_EQ(may_update_employee(who, who, who, 1), no);
    EXPECT_EQ(may_remove_employee(who, member(role::agent), 1), no);
    EXPECT_EQ(may_write_note(who, own_note), no);
    EXPECT_EQ(may_edit_message(who, own_message), no);
    EXPECT_EQ(may_delete_message(who, own_message), no);
  }
}

}  // namespace
