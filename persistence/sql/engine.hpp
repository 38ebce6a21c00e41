// One session of a database, as statements use it. What a database can do faster than "ask and wait" stands here too;
// who has nothing to gain from it does each thing at once.
#pragma once

#include "domain/id.hpp"

#include <soci/soci.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace chatmesh::persistence {

// One fetched value or NULL.
struct column {
  std::string text;
  soci::indicator state = soci::i_null;
};

// One bound value or NULL.
struct parameter {
  bool is_number = false;
  std::string text;
  long long number = 0;
  soci::indicator state = soci::i_ok;
};

// A statement that the database has read. Every run takes the parameters as they are then, and fills the columns.
class prepared {
public:
  prepared() = default;
  prepared(const prepared&) = delete;
  prepared& operator=(const prepared&) = delete;
  virtual ~prepared() = default;

  // Runs it, after all that was sent. Whether there is a row.
  virtual bool start() = 0;
  virtual bool next() = 0;
  virtual std::uint64_t affected() = 0;  // rows

  // Ends a run, which may have rows left or have failed, so that it holds neither lock nor memory.
  virtual void reset() noexcept = 0;

  // Runs it, now or later, but after all that was sent before; where it fails, whoever waits next is told.
  virtual void send() = 0;

  // Says that it will be run soon with these parameters, and that nothing but a change that engine::forget() is told of
  // could make another answer.
  virtual void foresee(const domain::id&) {}
};

// Belongs to one thread at a time. Throws soci::soci_error.
class engine {
public:
  engine() = default;
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  virtual ~engine() = default;

  // What is given by reference outlives the statement, and so does the engine. Waits for all that was sent.
  virtual std::unique_ptr<prepared> prepare(const std::string& text, std::vector<parameter>&, std::vector<column>&) = 0;

  // Waits for all that was sent.
  virtual void settle() {}

  // What was foreseen about that object, or at all, may be true no longer.
  virtual void forget(const domain::id&) {}
  virtual void forget_all() {}
};

}  // namespace chatmesh::persistence
