// SPDX-License-Identifier: Apache-2.0
// The one place where exceptions end: no function of the C interface lets one out.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>

#include "base/pool.hpp"
#include "boundary.hpp"

namespace mipzk::capi {

// Calls f(), which returns a mipzk::Status, and reports what it returns or throws.
template <class F>
mipzk_status guarded(mipzk_error* err, const F& f) noexcept {
  // In a callback: what stops the call that calls back does not stop this one.
  const CancelScope none({});
  try {
    return report(err, f());
  } catch (const std::bad_alloc&) {
    return report(err, Error(Errc::kNoMemory, "out of memory"));
  } catch (const std::length_error&) {  // a container larger than the address space
    return report(err, Error(Errc::kNoMemory, "out of memory"));
  } catch (const std::system_error&) {
    return report(err,
                  Error(Errc::kNoMemory, "the system refused a thread; lower MIPZK_OPT_THREADS"));
  } catch (const std::exception& e) {
    return report(err, Error(Errc::kInternal, e.what()));
  } catch (...) {
    return report(err, Error(Errc::kInternal, "unexpected exception"));
  }
}

}  // namespace mipzk::capi
