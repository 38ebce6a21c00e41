// What requests carry in body and query, read in one way for every handler.
#pragma once

#include "domain/codec.hpp"
#include "domain/image.hpp"
#include "http/handler.hpp"

namespace chatmesh::http {

enum class body_kind : std::uint8_t { object, merge_patch };

// The body as a JSON object. A media type, charset or content coding that is not JSON's is problem 415; a missing media
// type is taken for JSON (RFC 9110 §8.3). Throws domain::malformed for anything else than one JSON object.
domain::json read_json(const request&, body_kind = body_kind::object);

// The format that the body is said to be an image of; any other media type, none, or a content coding is problem 415.
domain::image_format read_image_format(const request&);

// `limit` and `after`; a limit that is no number from 1 to 500 is problem 400.
persistence::page_request read_page_request(const request&);

// A filter by id. An id of another form belongs to nothing: it becomes the nil id, which matches nothing.
std::optional<domain::id> read_id_filter(const request&, std::string_view name);

// Idempotency-Key with the hash of this request; nothing without that field. Problem 400 unless it is given once, as
// 1-255 visible ASCII characters.
std::optional<persistence::idempotency> read_idempotency(const request&);

// Where clients reach this server: settings.public_url, else the request's Host. Without a trailing slash.
std::string public_base(const settings&, const request&);

}  // namespace chatmesh::http
