// Every store over one session.
#pragma once

#include "persistence/stores/api_token_store.hpp"
#include "persistence/stores/audit_log.hpp"
#include "persistence/stores/change_log.hpp"
#include "persistence/stores/company_eraser.hpp"
#include "persistence/stores/company_store.hpp"
#include "persistence/stores/customer_store.hpp"
#include "persistence/stores/employee_store.hpp"
#include "persistence/stores/idempotency_store.hpp"
#include "persistence/stores/image_store.hpp"
#include "persistence/stores/invitation_store.hpp"
#include "persistence/stores/message_store.hpp"
#include "persistence/stores/note_store.hpp"
#include "persistence/stores/read_store.hpp"
#include "persistence/stores/secret_store.hpp"
#include "persistence/stores/session_store.hpp"
#include "persistence/stores/user_store.hpp"
#include "persistence/stores/visitor_store.hpp"

namespace chatmesh::persistence {

struct store_set {
  explicit store_set(session& db)
      : users(db), sessions(db), api_tokens(db), invitations(db), visitors(db), companies(db), employees(db),
        customers(db), notes(db), messages(db), reads(db), images(db), audit(db), log(db, audit), answers(db),
        eraser(db), secrets(db), probe(db.handle(), db.kind().sql.probe),
        claim_pruning(db.handle(), {db.kind().sql.claim_pruning, 1}) {}

  user_store users;
  session_store sessions;
  api_token_store api_tokens;
  invitation_store invitations;
  visitor_store visitors;
  company_store companies;
  employee_store employees;
  customer_store customers;
  note_store notes;
  message_store messages;
  read_store reads;
  image_store images;
  audit_log audit;
  change_log log;
  idempotency_store answers;
  company_eraser eraser;
  secret_store secrets;
  statement probe;          // probe_database
  statement claim_pruning;  // prune_log
};

}  // namespace chatmesh::persistence
