// SPDX-License-Identifier: Apache-2.0
#include "debug/gdb_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/format.hpp"

namespace mipzk::debug {
namespace {

Error system_error(const char* what) {
  const Errc code = errno == EINTR ? Errc::kCancelled : Errc::kArgument;
  return format_error(code, "%s: %s", what, std::strerror(errno));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

unsigned sum_of(std::string_view bytes) {
  unsigned sum = 0;
  for (const char c : bytes) sum += static_cast<unsigned char>(c);
  return sum & 0xff;
}

constexpr size_t kMaxPacket = size_t{1} << 20;  // more that waits ends the connection

}  // namespace

GdbConnection::~GdbConnection() {
  if (socket_ >= 0) close(socket_);
  if (listener_ >= 0) close(listener_);
}

Result<uint16_t> GdbConnection::listen(uint16_t port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener_ < 0) return system_error("cannot make a socket");
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, size) != 0 || ::listen(listener_, 1) != 0 ||
      getsockname(listener_, generic, &size) != 0)
    return system_error("cannot listen on the port");
  return ntohs(address.sin_port);
}

Status GdbConnection::accept() {
  pollfd waiting = {listener_, POLLIN, 0};  // not restarted after a signal, as accept would be
  if (poll(&waiting, 1, -1) < 0) return system_error("waiting for gdb");
  socket_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket_ < 0) return system_error("waiting for gdb");
  close(listener_);  // nobody else
  listener_ = -1;
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return {};
}

// More bytes into the buffer; false when there are none, or no more will come.
bool GdbConnection::fill(bool wait) {
  if (cancel_.test()) closed_ = true;
  if (closed_) return false;
  pollfd waiting = {socket_, POLLIN, 0};
  const int ready = poll(&waiting, 1, wait ? -1 : 0);
  if (ready == 0) return false;
  char bytes[4096];
  const ssize_t n = ready < 0 ? -1 : recv(socket_, bytes, sizeof bytes, 0);
  if (n <= 0) {
    closed_ = true;
    return false;
  }
  // gdb begins with an acknowledgement or a packet. Anything else is another program, such as a
  // browser that a web page makes send packets in the body of a request.
  if (!started_ && std::string_view("+-$\3").find(bytes[0]) == std::string_view::npos)
    closed_ = true;
  started_ = true;
  buffer_.append(bytes, static_cast<size_t>(n));
  if (buffer_.size() > kMaxPacket) closed_ = true;
  return !closed_;
}

std::optional<std::string> GdbConnection::receive() {
  for (;;) {
    // What stands before a packet is acknowledgements and interrupts.
    const size_t start = buffer_.find_first_of("$\3");
    if (start == std::string::npos) buffer_.clear();
    if (start != std::string::npos) {
      buffer_.erase(0, start);
      if (buffer_[0] == '\3') {
        buffer_.erase(0, 1);
        return "\3";
      }
      const size_t end = buffer_.find('#');
      if (end != std::string::npos && buffer_.size() >= end + 3) {
        const std::string payload = buffer_.substr(1, end - 1);
        const int sum = hex_digit(buffer_[end + 1]) * 16 + hex_digit(buffer_[end + 2]);
        buffer_.erase(0, end + 3);
        const bool good = static_cast<unsigned>(sum) == sum_of(payload);
        if (acknowledge_) write(good ? "+" : "-");
        if (good) return payload;
        continue;
      }
    }
    if (!fill(true)) return std::nullopt;
  }
}

bool GdbConnection::interrupted() {
  fill(false);
  if (closed_) return true;
  const size_t at = buffer_.find_first_not_of("+-");
  if (at == std::string::npos || buffer_[at] != '\3') return false;
  buffer_.erase(0, at + 1);
  return true;
}

void GdbConnection::send(std::string_view payload) {
  std::string packet = "$";
  packet += payload;
  packet += format_text("#%02x", sum_of(payload));
  for (;;) {
    write(packet);
    if (!acknowledge_) return;
    while (buffer_.empty())
      if (!fill(true)) return;
    const char answer = buffer_[0];
    if (answer == '+' || answer == '-') buffer_.erase(0, 1);
    if (answer != '-') return;
  }
}

void GdbConnection::write(std::string_view bytes) {
  while (!closed_ && !bytes.empty()) {
    const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      closed_ = true;
      return;
    }
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace mipzk::debug
