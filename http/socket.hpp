// The type of every connection's socket.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace chatmesh::http {

// Of one io thread's context, and typed so: `tcp::socket` holds an executor of any kind, which costs each idle stream
// a hundred bytes in the socket and in what it waits for.
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

}  // namespace chatmesh::http
