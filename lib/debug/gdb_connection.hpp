// SPDX-License-Identifier: Apache-2.0
// Packets of the GDB remote serial protocol over a TCP connection from this computer.
//
// A packet is $payload#cc with the sum of its bytes as two hexadecimal digits, answered by + or -,
// until both sides agree to leave that out. The byte 3 outside of packets interrupts the run.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace mipzk::debug {

class GdbConnection {
 public:
  // The connection ends when `cancel` is set.
  explicit GdbConnection(const std::atomic_flag& cancel) : cancel_(cancel) {}
  ~GdbConnection();
  GdbConnection(const GdbConnection&) = delete;
  GdbConnection& operator=(const GdbConnection&) = delete;

  // Listens on 127.0.0.1:`port`; 0 takes a free one. Gives the port.
  Result<uint16_t> listen(uint16_t port);
  // Waits for gdb; kCancelled when a signal arrives first.
  Status accept();

  // The payload of the next packet, "\3" for an interrupt, nothing when the connection ended.
  std::optional<std::string> receive();
  // Whether an interrupt, or the end of the connection, has arrived; does not wait.
  bool interrupted();
  void send(std::string_view payload);
  void leave_out_acknowledgements() { acknowledge_ = false; }

 private:
  bool fill(bool wait);
  void write(std::string_view bytes);

  const std::atomic_flag& cancel_;
  int listener_ = -1, socket_ = -1;
  bool acknowledge_ = true, closed_ = false;
  bool started_ = false;  // something was received
  std::string buffer_;    // received and not used
};

}  // namespace mipzk::debug
