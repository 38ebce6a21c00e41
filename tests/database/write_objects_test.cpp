// Creating, changing and deleting objects: versions, events, references, If-Match, roles.
#include "database_fixture.hpp"
#include "domain/etag.hpp"

namespace {

using namespace chatmesh;
using namespace chatmesh::persistence;
using namespace chatmesh::persistence::test;
using domain::entity;
using types = std::vector<std::string>;

class WriteObjects : public database_test {
protected:
  person ann = sign_up_as("Ann", "ann@example.org");  // owner
  person adam = hire(ann, "adam", domain::role::admin);
  person bob = hire(ann, "bob");  // agent
  domain::id cleo = add_customer(ann, "Cleo");

  // The object of the last event is what a GET answers, and so is the command's own answer.
  template <class Object>
  void expect_told(const written& answer, const std::optional<Object>& found) {
    ASSERT_TRUE(found);
    const std::string expected = domain::dump(domain::to_json(*found));
    EXPECT_EQ(answer.body, expected);
    EXPECT_EQ(answer.etag, domain::etag(*found));
    EXPECT_EQ(object_text(told.changes().back()), expected);
    EXPECT_EQ(answer.cursor, (domain::cursor{told.changes().back().epoch, told.changes().back().seq}));
  }

  void expect_fault(const refused& no, const std::string& pointer, const std::string& code) {
    EXPECT_EQ(no.why, refusal::invalid);
    ASSERT_EQ(no.faults.size(), 1U);
    EXPECT_EQ(no.faults[0].pointer, pointer);
    EXPECT_EQ(no.faults[0].code, code);
  }
};

TEST_F(WriteObjects, WhatIsToldIsWhatAGetAnswers) {
  domain::customer_fields fields = customer_fields_of("Dora", {"b", "a"});
  fields.attributes = parse(R"({"plan":"pro","seats":3,"rate":0.5,"trial":false})");
  fields.assigned_employee_id = bob.employee;
  written answer = write(ann.as_member(), create_customer{fields});
  const auto customer = id_of(parse(answer.body));
  expect_told(answer, reads->find_customer(ann.company, customer));
  EXPECT_EQ(answer.etag, "\"1.2\"") << "Bob has version 2 since he accepted";
  answer = write(ann.as_member(), put(entity::customer, customer, R"({"name":"Dora D.","tags":["c"]})"));
  expect_told(answer, reads->find_customer(ann.company, customer));

  answer = write(bob.as_member(), create_note{{customer, "n", true}});
  const auto note = id_of(parse(answer.body));
  expect_told(answer, reads->find_note(ann.company, note));
  answer = write(bob.as_member(), patch(entity::note, note, R"({"pinned":false})"));
  expect_told(answer, reads->find_note(ann.company, note));

  answer = write(bob.as_member(), create_message{{customer, "m"}});
  const auto message = id_of(parse(answer.body));
  expect_told(answer, reads->find_message(ann.company, message));
  answer = write(bob.as_member(), patch(entity::message, message, R"({"body":"m2"})"));
  expect_told(answer, reads->find_message(ann.company, message));

  answer = write(bob.as_member(), patch(entity::employee, bob.employee, R"({"title":"Boss"})"));
  expect_told(answer, reads->find_employee(ann.company, bob.employee));
  answer = write(adam.as_member(), patch(entity::company, ann.company, R"({"name":"Acme 2"})"));
  expect_told(answer, reads->find_company(ann.company));
}

TEST_F(WriteObjects, ADeletedObjectIsToldAsItLastWas) {
  const auto note = add_note(bob, cleo, "n");
  const auto message = add_message(bob, cleo, "m");
  const auto note_text = domain::dump(domain::to_json(*reads->find_note(ann.company, note)));
  const auto message_text = domain::dump(domain::to_json(*reads->find_message(ann.company, message)));
  const auto customer_text = domain::dump(domain::to_json(*reads->find_customer(ann.company, cleo)));
  told.forget();
  write(bob.as_member(), delete_object{entity::note, note});
  write(bob.as_member(), delete_object{entity::message, message});
  write(bob.as_member(), delete_object{entity::customer, cleo});
  EXPECT_EQ(told_types(), (types{"note.deleted", "message.deleted", "customer.deleted"}));
  EXPECT_EQ(object_text(told.changes()[0]), note_text);
  EXPECT_EQ(object_text(told.changes()[1]), message_text);
  EXPECT_EQ(object_text(told.changes()[2]), customer_text);
  EXPECT_FALSE(reads->find_note(ann.company, note));
  EXPECT_FALSE(reads->find_message(ann.company, message));
  EXPECT_FALSE(reads->find_customer(ann.company, cleo));
}

TEST_F(WriteObjects, AnUpdateThatChangesNothingMakesNoEvent) {
  const auto note = add_note(ann, cleo, "n");
  const auto message = add_message(ann, cleo, "m");
  const std::pair<entity, domain::id> all[] = {{entity::company, ann.company},
                                               {entity::employee, ann.employee},
                                               {entity::customer, cleo},
                                               {entity::note, note},
                                               {entity::message, message}};
  const std::uint64_t before = head(ann);
  told.forget();
  for (const auto& [kind, object] : all) {
    const written same = write(ann.as_member(), patch(kind, object, "{}"));
    EXPECT_FALSE(same.cursor);
    EXPECT_EQ(parse(same.body).at("version"), 1);
    const written put_back = write(ann.as_member(), put(kind, object, same.body));
    EXPECT_FALSE(put_back.cursor) << "what a GET answered, put back: " << same.body;
    EXPECT_EQ(put_back.body, same.body);
  }
  EXPECT_TRUE(told.changes().empty());
  EXPECT_EQ(head(ann), before);
}

TEST_F(WriteObjects, FieldFaultsAreAllTold) {
  const refused no = refusal_of(ann.as_member(), put(entity::customer, cleo, R"({"name":"","status":"asleep"})"));
  EXPECT_EQ(no.why, refusal::invalid);
  EXPECT_EQ(no.faults.size(), 2U);
  EXPECT_EQ(reads->find_customer(ann.company, cleo)->version, 1U);
}

TEST_F(WriteObjects, ReferencesStayWithinTheCompany) {
  const person other = sign_up_as("Eve", "eve@example.org", "Other");
  const auto foreign = add_customer(other, "Foreign");
  expect_fault(refusal_of(ann.as_member(), create_note{{foreign, "n", false}}), "/customer_id", "not_found");
  expect_fault(refusal_of(ann.as_member(), create_message{{foreign, "m"}}), "/customer_id", "not_found");
  domain::customer_fields fields = customer_fields_of("x");
  fields.assigned_employee_id = other.employee;
  expect_fault(refusal_of(ann.as_member(), create_customer{fields}), "/assigned_employee_id", "not_found");
  const std::string change = R"({"assigned_employee_id":")" + other.employee.to_string() + "\"}";
  expect_fault(refusal_of(ann.as_member(), patch(entity::customer, cleo, change)), "/assigned_employee_id",
               "not_found");
}

TEST_F(WriteObjects, FaultsOfTheBodyAndOfItsReferencesComeTogether) {
  const auto pointers_of = [this](command what) {
    std::vector<std::string> pointers;
    for (const auto& fault : refusal_of(ann.as_member(), std::move(what)).faults)
      pointers.push_back(fault.pointer);
    return pointers;
  };
  using pointers = std::vector<std::string>;
  const domain::faults found{{"/body", "too_short", "must not be empty"}};
  const auto nobody = domain::id::make();
  EXPECT_EQ(pointers_of(create_note{{nobody, "", false}, found}), (pointers{"/body", "/customer_id"}));
  EXPECT_EQ(pointers_of(create_note{{cleo, "", false}, found}), pointers{"/body"});
  EXPECT_EQ(pointers_of(create_message{{nobody, ""}, found}), (pointers{"/body", "/customer_id"}));
  EXPECT_EQ(pointers_of(create_message{{domain::id{}, ""}, found}), pointers{"/body"}) << "its own fault is there";
  EXPECT_EQ(pointers_of(create_customer{customer_fields_of("", {}, nobody), found}),
            (pointers{"/body", "/assigned_employee_id"}));
  const std::string change = R"({"name":"","assigned_employee_id":")" + nobody.to_string() + "\"}";
  EXPECT_EQ(pointers_of(put(entity::customer, cleo, change)), (pointers{"/name", "/assigned_employee_id"}));
  EXPECT_EQ(pointers_of(patch(entity::customer, cleo, change)), (pointers{"/name", "/assigned_employee_id"}));
}

TEST_F(WriteObjects, AnInvitedEmployeeMayBeAssignedARemovedOneNot) {
  const invited carl = invite(ann, "carl");
  const std::string change = R"({"assigned_employee_id":")" + carl.employee.to_string() + "\"}";
  EXPECT_EQ(
      parse(write(ann.as_member(), patch(entity::customer, cleo, change)).body).at("assigned_employee").at("status"),
      "invited");
  write(ann.as_member(), delete_object{entity::employee, carl.employee});
  expect_fault(refusal_of(ann.as_member(), patch(entity::customer, cleo, change)), "/assigned_employee_id",
               "not_found");
}

TEST_F(WriteObjects, IfMatchGuardsUpdatesAndDeletes) {
  write(ann.as_member(), patch(entity::customer, cleo, R"({"phone":"1"})"));
  write_request late = request(bob.as_member(), patch(entity::customer, cleo, R"({"phone":"2"})"));
  late.if_match = 1;
  const refused no = expect_refused(run(late));
  EXPECT_EQ(no.why, refusal::version_mismatch);
  EXPECT_EQ(no.current, domain::dump(domain::to_json(*reads->find_customer(ann.company, cleo))));
  EXPECT_EQ(no.etag, "\"2\"");
  write_request removal = request(bob.as_member(), delete_object{entity::customer, cleo});
  removal.if_match = 1;
  EXPECT_EQ(expect_refused(run(removal)).why, refusal::version_mismatch);
  late.if_match = 2;
  EXPECT_EQ(expect_written(run(late)).etag, "\"3\"");
}

TEST_F(WriteObjects, IfNoneMatchGuardsUpdatesAndDeletes) {
  const auto why_not = [&](command what, unwanted_tags unwanted) {
    write_request wanted = request(bob.as_member(), std::move(what));
    wanted.if_none_match = std::move(unwanted);
    return expect_refused(run(wanted));
  };
  const std::string current = domain::dump(domain::to_json(*reads->find_customer(ann.company, cleo)));
  const auto change = patch(entity::customer, cleo, R"({"phone":"2"})");
  for (const unwanted_tags& unwanted : {unwanted_tags{true, {}}, unwanted_tags{false, {"7", "1"}}}) {
    const refused no = why_not(change, unwanted);
    EXPECT_EQ(no.why, refusal::version_mismatch);
    EXPECT_EQ(no.current, current);
    EXPECT_EQ(no.etag, "\"1\"");
    EXPECT_EQ(why_not(delete_object{entity::customer, cleo}, unwanted).why, refusal::version_mismatch);
  }
  EXPECT_EQ(domain::dump(domain::to_json(*reads->find_customer(ann.company, cleo))), current);
  write_request other = request(bob.as_member(), change);
  other.if_none_match = unwanted_tags{false, {"2"}};
  EXPECT_EQ(expect_written(run(other)).etag, "\"2\"");
}

TEST_F(WriteObjects, AnObjectOfAnotherCompanyIsNotFound) {
  const person other = sign_up_as("Eve", "eve@example.org", "Other");
  const auto note = add_note(ann, cleo, "n");
  const auto message = add_message(ann, cleo, "m");
  const std::pair<entity, domain::id> all[] = {{entity::company, ann.company},
                                               {entity::employee, ann.employee},
                                               {entity::customer, cleo},
                                               {entity::note, note},
                                               {entity::message, message}};
  for (const auto& [kind, object] : all) {
    EXPECT_EQ(why(other.as_member(), patch(kind, object, "{}")), refusal::not_found);
    EXPECT_EQ(why(other.as_member(), delete_object{kind, object}), refusal::not_found);
  }
}

TEST_F(WriteObjects, RolesAreAskedAboutObjectsThatExist) {
  const auto of_ann = add_note(ann, cleo, "n");
  const auto said = add_message(ann, cleo, "m");
  EXPECT_EQ(why(bob.as_member(), patch(entity::company, ann.company, R"({"name":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(adam.as_member(), delete_object{entity::company, ann.company}), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), employee_named("x", "x@example.org")), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), patch(entity::employee, adam.employee, R"({"title":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), patch(entity::employee, bob.employee, R"({"role":"admin"})")), refusal::forbidden);
  EXPECT_EQ(why(adam.as_member(), patch(entity::employee, ann.employee, R"({"title":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(adam.as_member(), delete_object{entity::employee, ann.employee}), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), patch(entity::note, of_ann, R"({"body":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), delete_object{entity::message, said}), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), patch(entity::note, domain::id::make(), R"({"body":"x"})")), refusal::not_found);
  write(adam.as_member(), patch(entity::note, of_ann, R"({"body":"x"})"));
  write(bob.as_member(), patch(entity::employee, bob.employee, R"({"title":"x"})"));
}

TEST_F(WriteObjects, TheLastOwnerStays) {
  EXPECT_EQ(why(ann.as_member(), patch(entity::employee, ann.employee, R"({"role":"admin"})")), refusal::last_owner);
  EXPECT_EQ(why(ann.as_member(), delete_object{entity::employee, ann.employee}), refusal::last_owner);
  write(ann.as_member(), patch(entity::employee, adam.employee, R"({"role":"owner"})"));
  write(ann.as_member(), patch(entity::employee, ann.employee, R"({"role":"agent"})"));
  EXPECT_EQ(why(adam.as_member(), delete_object{entity::employee, adam.employee}), refusal::last_owner);
}

TEST_F(WriteObjects, NobodyEditsAnInboundMessage) {
  const visit vic = open_widget(ann, "Vic");
  const auto body = parse(write(vic.who, create_message{{{}, "hi"}}).body);
  EXPECT_EQ(why(ann.as_member(), patch(entity::message, id_of(body), R"({"body":"x"})")), refusal::forbidden);
  EXPECT_EQ(why(bob.as_member(), delete_object{entity::message, id_of(body)}), refusal::forbidden);
  write(adam.as_member(), delete_object{entity::message, id_of(body)});
}

TEST_F(WriteObjects, AVisitorsMessageIsInboundAndTheirOwn) {
  const visit vic = open_widget(ann, "Vic");
  told.forget();
  const written answer = write(vic.who, create_message{{cleo, "hi"}});  // whatever customer it names
  const auto found = reads->find_message(ann.company, id_of(parse(answer.body)));
  expect_told(answer, found);
  EXPECT_EQ(found->direction, domain::direction::inbound);
  EXPECT_EQ(found->customer_id, vic.who.customer);
  EXPECT_EQ(found->author.kind, domain::author_kind::customer);
  EXPECT_EQ(found->author.name, "Vic");
  EXPECT_EQ(told.changes()[0].by.id, vic.who.customer);
  EXPECT_EQ(told_types(), types{"message.created"}) << "no event for the customer's last activity";
}

TEST_F(WriteObjects, AVisitorWhoIsGoneProvesNothing) {
  const visit vic = open_widget(ann, "Vic");
  write(ann.as_member(), delete_object{entity::customer, vic.who.customer});
  EXPECT_EQ(why(vic.who, create_message{{{}, "hi"}}), refusal::unauthenticated);
  EXPECT_EQ(why(open_widget(ann, "Vic").who, customer_named("x")), refusal::unauthenticated)
      << "a visitor writes messages only";
}

TEST_F(WriteObjects, RemovingAnEmployeeUnassignsTheirCustomersFirst) {
  const std::string to_bob = R"({"assigned_employee_id":")" + bob.employee.to_string() + "\"}";
  const auto dora = add_customer(ann, "Dora");
  write(ann.as_member(), patch(entity::customer, cleo, to_bob));
  write(ann.as_member(), patch(entity::customer, dora, to_bob));
  const auto note = add_note(bob, dora, "n");
  told.forget();
  const written answer = write(adam.as_member(), delete_object{entity::employee, bob.employee});
  EXPECT_EQ(told_types(), (types{"customer.updated", "customer.updated", "employee.deleted"}));
  const auto changes = told.changes();
  EXPECT_EQ(told.commands().size(), 1U);
  EXPECT_EQ(changes[1].seq, changes[0].seq + 1);
  EXPECT_EQ(changes[2].seq, changes[1].seq + 1);
  EXPECT_EQ(object_text(changes[0]), domain::dump(domain::to_json(*reads->find_customer(ann.company, cleo))));
  EXPECT_EQ(object_text(changes[1]), domain::dump(domain::to_json(*reads->find_customer(ann.company, dora))));
  EXPECT_EQ(reads->find_customer(ann.company, cleo)->version, 3U);
  const auto removed = parse(answer.body);
  EXPECT_EQ(removed.at("status"), "removed");
  EXPECT_EQ(removed.at("version"), 3);
  EXPECT_EQ(object_text(changes[2]), answer.body);
  EXPECT_FALSE(reads->find_employee(ann.company, bob.employee));
  EXPECT_FALSE(reads->find_member(ann.company, bob.user));
  EXPECT_EQ(domain::to_json(reads->find_note(ann.company, note)->author), removed) << "a note keeps its author";
  EXPECT_EQ(why(bob.as_member(), customer_named("x")), refusal::not_found);
}

TEST_F(WriteObjects, DeletingACustomerTakesEverythingAlongInOneEvent) {
  domain::customer_fields fields = customer_fields_of("Dora", {"vip"});
  const auto dora = add_customer(ann, fields);
  const auto note = add_note(ann, dora, "n");
  const auto message = add_message(ann, dora, "m");
  const auto kept = add_note(ann, cleo, "kept");
  told.forget();
  write(bob.as_member(), delete_object{entity::customer, dora});
  EXPECT_EQ(told_types(), types{"customer.deleted"});
  EXPECT_FALSE(reads->find_note(ann.company, note));
  EXPECT_FALSE(reads->find_message(ann.company, message));
  EXPECT_TRUE(reads->find_note(ann.company, kept));
  EXPECT_TRUE(reads->list_customers(ann.company, {{}, "vip", {}}, {}).items.empty());
}

TEST_F(WriteObjects, DeletingACompanyEndsAccessAtOnce) {
  told.forget();
  write(ann.as_member(), delete_object{entity::company, ann.company});
  EXPECT_EQ(told_types(), types{"company.deleted"});
  EXPECT_EQ(why(ann.as_member(), customer_named("x")), refusal::not_found);
  EXPECT_EQ(why(bob.as_member(), patch(entity::customer, cleo, "{}")), refusal::not_found);
  EXPECT_EQ(reads->read_log(ann.company, head(ann) - 1, 10, 1 << 20).changes.size(), 1U);
}

TEST_F(WriteObjects, TheAuthorAndTheirClientStandInTheEvent) {
  write_request made = request(bob.as_member(), patch(entity::customer, cleo, R"({"phone":"1"})"));
  made.client = "tab";
  told.forget();
  run(made);
  const auto event = parse(told.changes().at(0).data);
  EXPECT_EQ(event.at("by").at("kind"), "employee");
  EXPECT_EQ(event.at("by").at("id"), bob.employee.to_string());
  EXPECT_EQ(event.at("by").at("name"), "bob");
  EXPECT_EQ(told.changes()[0].by.client, "tab");
  EXPECT_EQ(event.at("by").size(), 3U) << "the client token is nobody else's business";
}

}  // namespace
