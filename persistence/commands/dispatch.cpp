#include "persistence/commands/handlers.hpp"

#include <stdexcept>

namespace chatmesh::persistence {

written run(write_context& c, const update_object& asked) {
  switch (asked.entity) {
  case domain::entity::company: return update_company(c, asked);
  case domain::entity::employee: return update_employee(c, asked);
  case domain::entity::customer: return update_customer(c, asked);
  case domain::entity::note: return update_note(c, asked);
  case domain::entity::message: return update_message(c, asked);
  case domain::entity::read: break;  // it has a command of its own
  }
  throw std::logic_error("an unknown entity");
}

written run(write_context& c, const delete_object& asked) {
  switch (asked.entity) {
  case domain::entity::company: return delete_company(c, asked);
  case domain::entity::employee: return delete_employee(c, asked);
  case domain::entity::customer: return delete_customer(c, asked);
  case domain::entity::note: return delete_note(c, asked);
  case domain::entity::message: return delete_message(c, asked);
  case domain::entity::read: break;  // it goes with its customer
  }
  throw std::logic_error("an unknown entity");
}

}  // namespace chatmesh::persistence
