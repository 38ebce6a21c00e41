// Whose request it is, where a proxy stands in front.
#pragma once

#include "http/handler.hpp"
#include "http/network.hpp"

namespace chatmesh::http {

// The address that a request comes from: the peer's, or where that is a trusted proxy, the one that X-Forwarded-For
// names last. Each proxy adds whom it heard from at the end; so what stands before the first one that is not trusted is
// anybody's word, and not looked at. (Not `Forwarded`, RFC 7239: no common proxy sends it by itself.)
asio::ip::address client_address(const asio::ip::address& peer, const header_list&,
                                 const std::vector<network>& trusted);

}  // namespace chatmesh::http
