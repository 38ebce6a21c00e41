// Sign-up, sessions, invitations and companies, as the writer runs them.
#include "database_fixture.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;
using types = std::vector<std::string>;

class WriteAccounts : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");

  static accept_invitation accepting(const invited& open) { return {open.token, {}, "hash", {}, fresh_session()}; }
};

TEST_F(WriteAccounts, SignUpMakesACompanyAndItsOwner) {
  told.forget();
  const sign_up command{{"Beta", {"https://b.example"}}, "Bob", "bob@example.org", "hash", fresh_session()};
  const written answer = write(anonymous{}, command);
  const auto body = parse(answer.body);
  EXPECT_EQ(told_types(), (types{"company.created", "employee.created"}));
  const auto changes = told.changes();
  EXPECT_EQ(changes[0].seq, 1U);
  EXPECT_EQ(changes[1].seq, 2U);
  EXPECT_EQ(answer.cursor, (domain::cursor{changes[1].epoch, 2}));
  const auto company = reads->find_company(id_at(body, "company"));
  const auto employee = reads->find_member(company->id, id_at(body, "user"));
  ASSERT_TRUE(employee);
  EXPECT_EQ(body.at("company"), domain::to_json(*company));
  EXPECT_EQ(body.at("employee"), domain::to_json(*employee));
  EXPECT_EQ(object_text(changes[0]), domain::dump(domain::to_json(*company)));
  EXPECT_EQ(object_text(changes[1]), domain::dump(domain::to_json(*employee)));
  EXPECT_EQ(employee->role, domain::role::owner);
  EXPECT_EQ(employee->status, domain::employee_status::active);
  EXPECT_FALSE(employee->email) << "the login's e-mail is the user's alone";
  EXPECT_EQ(changes[0].by.id, employee->id);
  EXPECT_TRUE(reads->find_session(command.session.token));
}

TEST_F(WriteAccounts, AnEmailSignsUpOnce) {
  told.forget();
  EXPECT_EQ(why(anonymous{}, sign_up{{"Other", {}}, "Imposter", "ANN@Example.org", "hash", fresh_session()}),
            refusal::email_taken);
  EXPECT_TRUE(told.changes().empty());
  EXPECT_EQ(reads->find_login("ann@example.org")->user.name, "Ann");
}

TEST_F(WriteAccounts, OpeningASessionShowsTheMemberships) {
  const open_session command{ann.user, fresh_session()};
  const written answer = write(anonymous{}, command);
  const auto body = parse(answer.body);
  EXPECT_EQ(body.at("user").at("email"), "ann@example.org");
  ASSERT_EQ(body.at("memberships").size(), 1U);
  EXPECT_EQ(id_at(body.at("memberships")[0], "company"), ann.company);
  EXPECT_EQ(id_at(body.at("memberships")[0], "employee"), ann.employee);
  EXPECT_FALSE(answer.cursor);
  EXPECT_TRUE(reads->find_session(command.session.token));
  EXPECT_EQ(why(anonymous{}, open_session{domain::id::make(), fresh_session()}), refusal::unauthenticated);
}

TEST_F(WriteAccounts, ClosingASessionRaisesTheAuthorityOfEachCompany) {
  const auto second = id_at(parse(write(ann.as_user(), create_company{{"Second", {}}}).body), "company");
  told.forget();
  write(ann.as_user(), close_session{});
  EXPECT_FALSE(reads->session_is_live(ann.session));
  ASSERT_EQ(told.ends().size(), 2U);
  for (const auto& each : told.ends()) {
    EXPECT_EQ(each.authority, 1U);
    EXPECT_EQ(each.sessions, std::vector{ann.session});
  }
  for (const auto& company : {ann.company, second}) {
    EXPECT_EQ(reads->find_position(company)->authority, 1U);
    EXPECT_EQ(reads->ended_sessions(company, 0), std::vector{ann.session});
    EXPECT_TRUE(reads->ended_sessions(company, 1).empty());
  }
  EXPECT_TRUE(told.changes().empty()) << "an end of a session is no event";
}

TEST_F(WriteAccounts, EveryLaterEventCarriesTheRaisedAuthority) {
  const person bob = hire(ann, "bob");
  add_customer(ann, "before");
  write(bob.as_user(), close_session{});
  add_customer(ann, "after");
  const auto log = reads->read_log(ann.company, 0, 100, 1 << 20).changes;
  EXPECT_EQ(log.back().authority, 1U);
  EXPECT_EQ(log[log.size() - 2].authority, 0U);
}

TEST_F(WriteAccounts, AClosedOrExpiredSessionProvesNothing) {
  const person bob = hire(ann, "bob");
  write(bob.as_user(), close_session{});
  EXPECT_EQ(why(bob.as_member(), customer_named("x")), refusal::unauthenticated);
  EXPECT_EQ(why(bob.as_user(), close_session{}), refusal::unauthenticated);
  tamper("UPDATE sessions SET expires_at = :now", reads->now());
  EXPECT_EQ(why(ann.as_member(), customer_named("x")), refusal::unauthenticated);
  EXPECT_EQ(why(ann.as_user(), create_company{{"x", {}}}), refusal::unauthenticated);
}

TEST_F(WriteAccounts, AnothersSessionProvesNothing) {
  const person bob = hire(ann, "bob");
  EXPECT_EQ(why(member_principal{ann.company, ann.user, bob.session}, customer_named("x")), refusal::unauthenticated);
}

TEST_F(WriteAccounts, WhoeverIsNoMemberFindsNothing) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  EXPECT_EQ(why(member_principal{ann.company, bob.user, bob.session}, customer_named("x")), refusal::not_found);
  EXPECT_EQ(why(anonymous{}, customer_named("x")), refusal::unauthenticated);
}

TEST_F(WriteAccounts, CreatingACompanyMakesItsUserTheOwner) {
  told.forget();
  const auto body = parse(write(ann.as_user(), create_company{{"Second", {}}}).body);
  EXPECT_EQ(told_types(), (types{"company.created", "employee.created"}));
  EXPECT_EQ(body.at("employee").at("role"), "owner");
  EXPECT_EQ(body.at("employee").at("name"), "Ann");
  EXPECT_TRUE(reads->find_member(id_at(body, "company"), ann.user));
}

TEST_F(WriteAccounts, AcceptingAnInvitationMakesALoginAndAMember) {
  const invited open = invite(ann, "bob", domain::role::admin);
  told.forget();
  accept_invitation command = accepting(open);
  command.name = "Bob B.";
  const auto body = parse(write(anonymous{}, command).body);
  EXPECT_EQ(told_types(), types{"employee.updated"});
  const auto member = reads->find_member(ann.company, id_at(body, "user"));
  ASSERT_TRUE(member);
  EXPECT_EQ(member->id, open.employee);
  EXPECT_EQ(member->name, "Bob B.");
  EXPECT_EQ(member->version, 2U);
  EXPECT_EQ(member->status, domain::employee_status::active);
  EXPECT_EQ(object_text(told.changes()[0]), domain::dump(domain::to_json(*member)));
  EXPECT_EQ(told.changes()[0].by.id, open.employee);
  EXPECT_EQ(body.at("memberships").size(), 1U);
  EXPECT_EQ(body.at("user").at("email"), open.email);
  EXPECT_TRUE(reads->find_session(command.session.token));
}

TEST_F(WriteAccounts, AnInvitationIsUsedOnce) {
  const invited open = invite(ann, "bob");
  write(anonymous{}, accepting(open));
  EXPECT_EQ(why(anonymous{}, accepting(open)), refusal::not_found);
}

TEST_F(WriteAccounts, AnInvitationThatIsOverIsNotFound) {
  const invited expired = invite(ann, "expired"), revoked = invite(ann, "revoked");
  tamper("UPDATE invitations SET expires_at = :now WHERE email = :email", reads->now(), expired.email);
  write(ann.as_member(), delete_object{entity::employee, revoked.employee});
  EXPECT_EQ(why(anonymous{}, accepting(expired)), refusal::not_found);
  EXPECT_EQ(why(anonymous{}, accepting(revoked)), refusal::not_found);
  EXPECT_EQ(why(anonymous{}, accept_invitation{fresh_hash(), {}, "hash", {}, fresh_session()}), refusal::not_found);
}

TEST_F(WriteAccounts, ANewLoginNeedsAPassword) {
  accept_invitation command = accepting(invite(ann, "bob"));
  command.password_hash.reset();
  const refused no = refusal_of(anonymous{}, command);
  EXPECT_EQ(no.why, refusal::invalid);
  ASSERT_EQ(no.faults.size(), 1U);
  EXPECT_EQ(no.faults[0].pointer, "/password");
  EXPECT_EQ(no.faults[0].code, "required");
}

TEST_F(WriteAccounts, AnExistingLoginMustBeProvenAndKeepsItsPassword) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  const invited open = invite(ann, "bob");
  accept_invitation command = accepting(open);
  EXPECT_EQ(why(anonymous{}, command), refusal::unauthenticated);
  command.proven_user = ann.user;
  EXPECT_EQ(why(anonymous{}, command), refusal::unauthenticated);
  command.proven_user = bob.user;
  const auto body = parse(write(anonymous{}, command).body);
  EXPECT_EQ(id_at(body, "user"), bob.user);
  EXPECT_EQ(body.at("memberships").size(), 2U);
  EXPECT_EQ(reads->find_login("bob@example.org")->password_hash, "hash of Bob");
}

TEST_F(WriteAccounts, AnEmailIsInvitedOnceACompany) {
  invite(ann, "bob");
  create_employee again = employee_named("Bob", "BOB@example.org");
  EXPECT_EQ(why(ann.as_member(), again), refusal::email_taken);
  again.fields.email = "Ann@example.org";
  EXPECT_EQ(why(ann.as_member(), again), refusal::email_taken) << "a member's login";
  again.fields.email.reset();
  EXPECT_EQ(refusal_of(ann.as_member(), again).faults.at(0).code, "required");
}

TEST_F(WriteAccounts, TheRightToInviteComesBeforeTheBody) {
  const person bob = hire(ann, "bob");
  create_employee command = employee_named("", {});
  command.faults = {{"/name", "too_short", "must not be empty"}};
  EXPECT_EQ(why(bob.as_member(), command), refusal::forbidden);
  EXPECT_EQ(refusal_of(ann.as_member(), command).faults, command.faults);
}

TEST_F(WriteAccounts, ARemovedEmployeeMayBeInvitedAgain) {
  const person bob = hire(ann, "bob");
  write(ann.as_member(), delete_object{entity::employee, bob.employee});
  const invited open = invite(ann, "bob");
  accept_invitation command = accepting(open);
  command.proven_user = bob.user;
  write(anonymous{}, command);
  EXPECT_EQ(reads->find_member(ann.company, bob.user)->id, open.employee);
}

TEST_F(WriteAccounts, AVisitorWithoutTokenIsANewCustomer) {
  told.forget();
  const visit made = open_widget(ann);
  EXPECT_EQ(told_types(), types{"customer.created"});
  const auto customer = reads->find_customer(ann.company, made.who.customer);
  ASSERT_TRUE(customer);
  EXPECT_EQ(customer->name, "Visitor");
  EXPECT_EQ(object_text(told.changes()[0]), domain::dump(domain::to_json(*customer)));
  EXPECT_EQ(told.changes()[0].by.kind, domain::author_kind::customer);
  EXPECT_EQ(told.changes()[0].by.id, made.who.customer);
  EXPECT_EQ(reads->find_visitor(made.token)->customer, made.who.customer);
}

TEST_F(WriteAccounts, AVisitorWithAValidTokenIsTheSameCustomer) {
  const visit first = open_widget(ann, "Vic");
  told.forget();
  const visit again = open_widget(ann, "Mallory", first.token);
  EXPECT_EQ(again.who.customer, first.who.customer);
  EXPECT_TRUE(told.changes().empty());
  EXPECT_EQ(reads->find_customer(ann.company, first.who.customer)->name, "Vic");
  EXPECT_TRUE(reads->find_visitor(again.token));
  EXPECT_NE(open_widget(ann, "Nobody", fresh_hash()).who.customer, first.who.customer);
}

TEST_F(WriteAccounts, AVisitorsTokenIsWorthNothingInAnotherCompany) {
  const person bob = sign_up_as("Bob", "bob@example.org", "Other");
  const visit first = open_widget(ann, "Vic");
  EXPECT_NE(open_widget(bob, "Vic", first.token).who.customer, first.who.customer);
  EXPECT_EQ(why(anonymous{}, open_widget_session{"no such key", {}, {}, {}, fresh_hash(), in(std::chrono::hours{1})}),
            refusal::not_found);
}

TEST_F(WriteAccounts, ACustomersOldestWidgetTokensGo) {
  const visit first = open_widget(ann, "Vic");
  const auto gone = reads->find_visitor(first.token).value();
  tamper("UPDATE widget_tokens SET created_at = 0");
  visit last = first;
  for (int i = 0; i < 16; ++i)
    last = open_widget(ann, "Vic", last.token);
  EXPECT_FALSE(reads->find_visitor(first.token));
  EXPECT_TRUE(reads->find_visitor(last.token));
  EXPECT_EQ(reads->ended_sessions(ann.company, 0), std::vector{gone.token});
  EXPECT_FALSE(reads->widget_token_is_live(gone.token));
  EXPECT_TRUE(reads->widget_token_is_live(reads->find_visitor(last.token)->token));
}

}  // namespace
