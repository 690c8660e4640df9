// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

namespace mipzk {

const char* errc_name(Errc code) {
  switch (code) {
    case Errc::kOk:
      return "ok";
    case Errc::kArgument:
      return "invalid argument";
    case Errc::kNoMemory:
      return "out of memory";
    case Errc::kCancelled:
      return "cancelled";
    case Errc::kInternal:
      return "internal error";
    case Errc::kUnsupported:
      return "unsupported";
    case Errc::kState:
      return "call out of order";
    case Errc::kElf:
      return "program file refused";
    case Errc::kInput:
      return "input refused";
    case Errc::kFault:
      return "guest fault";
    case Errc::kCycleLimit:
      return "cycle limit reached";
    case Errc::kMemoryLimit:
      return "memory limit reached";
    case Errc::kUnprovable:
      return "run cannot be proved";
    case Errc::kMalformed:
      return "malformed proof";
    case Errc::kPolicy:
      return "proof outside the policy";
    case Errc::kRejected:
      return "proof rejected";
    case Errc::kWrongProgram:
      return "proof of another program";
    case Errc::kWorkspace:
      return "workspace too small";
  }
  return "unknown status";
}

Error::Error(Errc c, const char* text, uint32_t d) : code(c), detail(d) {
  size_t i = 0;
  for (; text != nullptr && text[i] != '\0' && i + 1 < sizeof message; ++i) message[i] = text[i];
  message[i] = '\0';
}

}  // namespace mipzk
