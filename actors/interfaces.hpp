// The map of the actor system: who understands what. Every message stays inside this process; those between nodes are
// in actors/cluster/links.hpp.
//
//   connection --> directory --> company --> relay (one a thread) ==> connection --> stream
//        '---------------------^    '------------------------------------^
//
// The registry finds the companies that run here, the directory makes them; a company owns its subscribers and the
// order of its events; a relay calls its thread's connections (==>) with what all get; a connection owns one peer's
// position. Relays, connections and companies are pinned to io threads. Requests are imperative, facts past
// participles.
#pragma once

#include "actors/cluster/head_log.hpp"
#include "actors/cluster/links.hpp"
#include "actors/event_log.hpp"
#include "actors/reconnect_slots.hpp"
#include "domain/frame.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chatmesh::actors {

class pinned_unit;

// ---- who understands what

struct subscribed;
struct told;
struct pulled;
struct end_stream;
struct became_writable;
struct peer_closed;
struct flush_skip;
struct give_up;
struct join;
struct spread;
struct go_on;
struct lingered;
struct beat;
struct subscribe;
struct pull;
struct refresh_presence;
struct changed;
struct moved;
struct ended;
struct recheck;
struct type_notice;
struct ask_presence;
struct peer_presence;
struct peer_lost;
struct report_presence;
struct presence_wanted;
struct drain;
struct position_read;
struct page_read;
struct endings_read;
struct admission_read;
struct tick;
struct retired;
struct retire;

// One peer: owns its position in the company's sequence, and its stream. chatmesh.connection
using connection_actor =
    caf::typed_actor<caf::reacts_to<subscribed>,       // the company took it: say hello and go on from there
                     caf::reacts_to<told>,             // something ephemeral, for this peer alone
                     caf::reacts_to<pulled>,           // the answer to `pull`
                     caf::reacts_to<end_stream>,       // say goodbye and go
                     caf::reacts_to<became_writable>,  // from the stream
                     caf::reacts_to<peer_closed>,      // from the stream
                     caf::reacts_to<flush_skip>,       // own timer: a skip has waited long enough
                     caf::reacts_to<give_up>>;         // own timer: the end has taken long enough

// One io thread's share of every fan-out: calls the connections there. chatmesh.relay
using relay_actor = caf::typed_actor<caf::reacts_to<join>,    // a connection gets what the company spreads from here on
                                     caf::reacts_to<spread>,  // a live event, or something ephemeral, for all
                                     caf::reacts_to<go_on>,   // own: the next slice
                                     caf::reacts_to<lingered>,  // own timer: enough gathered
                                     caf::reacts_to<beat>>;     // own timer: who has been silent?

// One company's subscribers and the order of its events; exists only while somebody needs it. chatmesh.company
using company_actor =
    caf::typed_actor<caf::reacts_to<subscribe>,         // a connection wants in; monitored from here on
                     caf::reacts_to<pull>,              // a connection wants what follows its position
                     caf::reacts_to<refresh_presence>,  // a connection missed presence while it was busy
                     caf::reacts_to<changed>,           // a commit's events
                     caf::reacts_to<moved>,             // the log reaches so far, and nobody tells with what
                     caf::reacts_to<ended>,             // sessions that are over
                     caf::reacts_to<recheck>,           // the log may hold what nobody has told
                     caf::reacts_to<type_notice>,       // somebody types
                     caf::reacts_to<ask_presence>,      // who is online?
                     caf::reacts_to<peer_presence>,     // who is online at another node
                     caf::reacts_to<peer_lost>,         // nobody can say that any more
                     caf::reacts_to<report_presence>,   // for another node
                     caf::reacts_to<drain>,             // end every stream, then go
                     caf::reacts_to<position_read>,     // answers of the log ...
                     caf::reacts_to<page_read>, caf::reacts_to<endings_read>, caf::reacts_to<admission_read>,
                     caf::reacts_to<tick>,      // own timer: whatever is due
                     caf::reacts_to<retired>>;  // the directory's answer to `retire`

// Which companies run on this node; makes them when first needed. chatmesh.directory
using directory_actor = caf::typed_actor<caf::reacts_to<subscribe>,  // for a company that does not run: it is made
                                         caf::reacts_to<presence_wanted>,  // the same
                                         caf::reacts_to<retire>,           // an idle company asks to go
                                         caf::reacts_to<drain>>;           // the orderly end

// ---- what a stream may see, proven by http before it asks

// Who reads, and what it wants to be told.
struct reader {
  domain::id employee;                                 // or the API token, or the customer
  std::string client;                                  // for echo suppression; empty = none
  domain::entity_set entities = domain::all_entities;  // `types`
  domain::author_kind by_kind = domain::author_kind::employee;
  bool prompt_skips = false;  // a long poll: skips are told at once

  // Whether the frame tells of this reader's own doing.
  bool wrote(const domain::frame& f) const {
    return !client.empty() && f.client == client && f.by_id == employee && f.by_kind == by_kind;
  }

  // Whether it is told of that event; else the event is part of a `skip`. A read mark is its author's alone.
  bool takes(const domain::frame& f) const {
    const bool may_see = f.entity != domain::entity::read || (f.by_id == employee && f.by_kind == by_kind);
    return may_see && entities.test(static_cast<std::size_t>(f.entity)) && !wrote(f);
  }
};

struct subscriber {
  domain::id company;
  reader who;
  domain::id session;                    // or the API token, or the customer
  bool counts = true;                    // among its member's streams: for the limit, and for presence
  std::optional<std::string> cursor;     // as the client gave it: Last-Event-ID or `cursor`
  domain::timestamp session_expires_at;  // timestamp::max(): never
  domain::timestamp as_of;               // the database's clock when the right was proven ...
  std::uint32_t epoch = 0;               // ... and the company's position in the same transaction
  std::uint64_t head = 0;
  std::uint64_t authority = 0;
};

// ---- messages to a connection

struct subscribed {
  company_actor company;
  domain::id company_id;
  log_position at;
  std::uint64_t position = 0;
  bool resumed = false;
  domain::frame_ptr reset;  // then `position` is the head
  domain::frame_ptr presence;
};
struct told {  // presence
  domain::frame_ptr frame;
};
struct pulled {
  std::shared_ptr<const std::vector<domain::frame_ptr>> frames;
  log_position at;
  domain::frame_ptr reset;  // what follows the position is no longer kept
};
struct end_stream {
  domain::end_reason reason{};
  std::chrono::milliseconds retry{};
  std::uint64_t up_to = 0;    // a stream that keeps up gets this event first; 0 = at once
  domain::frame_ptr reset{};  // told before the goodbye: another history begins
};
struct became_writable {};
struct peer_closed {};
struct flush_skip {};
struct give_up {
  bool for_event = false;  // that the end waits for; else for the peer to take the goodbye
};

// ---- messages to a relay

struct join {
  domain::id company;
  company_actor from;  // monitored while it has connections here
  connection_actor connection;
  domain::cursor head;  // the company's
};
struct spread {
  domain::id company;
  domain::frame_ptr frame;
  bool more = false;  // another event is expected within moments
};
struct go_on {};
struct lingered {
  domain::id company;
};
struct beat {};

// ---- messages to a company

struct subscribe {
  subscriber from;
  connection_actor connection;
  relay_actor relay;            // of the connection's thread
  pinned_unit* unit = nullptr;  // that thread's
};
struct changed {  // in order
  std::uint32_t epoch = 0;
  std::vector<domain::frame_ptr> frames;
  bool more = false;  // others who write here wait for the next commit
};
struct moved {
  company_head to;
};
struct ended {
  std::uint32_t epoch = 0;  // 0: not known
  std::uint64_t authority = 0;
  std::vector<domain::id> sessions;
};
struct recheck {};  // or may be of another history than before
struct pull {
  caf::actor_id connection = 0;
  std::uint64_t after = 0;
};
struct refresh_presence {
  caf::actor_id connection = 0;
};
struct type_notice {
  domain::typing notice;
};
struct ask_presence {
  std::function<void(std::vector<domain::id>)> answer;
};
struct peer_presence {
  caf::actor_id link = 0;
  std::vector<domain::presence_change> changes;
};
struct peer_lost {
  caf::actor_id link = 0;
};
struct report_presence {
  link_actor to;
};
struct drain {
  std::shared_ptr<reconnect_slots> slots{};  // when each stream comes back; null: none is left
};
struct position_read {
  std::optional<log_position> at;
};
struct page_read {
  std::uint64_t after = 0;
  std::optional<log_page> page;
};
struct endings_read {
  std::optional<log_endings> endings;
};
struct admission_read {
  caf::actor_id connection = 0;
  std::optional<log_admission> admission;
};
struct tick {};
struct retired {
  bool agreed = false;
};

// ---- messages to the directory, beside those it passes on

struct presence_wanted {
  domain::id company;
  ask_presence question;
};
struct retire {
  domain::id company;
  std::uint64_t requests = 0;  // that the company has seen; if more are on their way, it stays
  company_actor asking;
};

}  // namespace chatmesh::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::subscribed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::told)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::pulled)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::end_stream)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::became_writable)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::peer_closed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::flush_skip)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::give_up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::join)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::spread)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::go_on)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::lingered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::beat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::pull)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::refresh_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::changed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::moved)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::recheck)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::type_notice)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::ask_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::peer_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::peer_lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::report_presence)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::presence_wanted)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::drain)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::position_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::page_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::endings_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::admission_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::retired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(chatmesh::actors::retire)
