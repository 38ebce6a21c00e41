// CORS (protocol §3, "Cross-site"): the widget's routes for the company's widget_origins, all others of the API for
// http.cors-origins. Never with credentials: a cookie does not count in a request from another site.
#pragma once

#include "http/handler.hpp"

namespace chatmesh::http {

// Lets the page that asks read the answer, also one that is a problem, if its origin is among `origins`. True: it is.
bool allow_origin(request&, const std::vector<std::string>& origins);

// For answers that belong to no company: whoever asks may read that its token is no good.
void allow_any_origin(request&);

// The same for the API's routes other than the widget's, and the origins of the settings.
bool allow_configured_origin(request&, const settings&);

// For an answer that was made before any handler could say who may read it, as it tells nothing of a company: on the
// widget's routes any page, on others as allow_configured_origin(). Does nothing where that was said already.
void allow_refusal(request&, const settings&);

// What a page of such an origin may send.
void allow_preflight(response&);

// The widget's preflight: 204 with `Allow`; for a page, if `allowed`, with those methods and the fields that it needs.
response preflight_answer(const std::string& methods, bool allowed);

}  // namespace chatmesh::http
