// CORS for the widget's routes (protocol §3, "Cross-site"): only for the company's widget_origins, never with
// credentials.
#pragma once

#include "http/handler.hpp"

namespace chatmesh::http {

// Lets the page that asks read the answer, also one that is a problem, if its origin is among `origins`. True: it is.
bool allow_origin(request&, const std::vector<std::string>& origins);

// For answers that belong to no company: whoever asks may read that its token is no good.
void allow_any_origin(request&);

// 204; with the methods and fields that the widget needs if `allowed`.
response preflight_answer(bool allowed);

}  // namespace chatmesh::http
