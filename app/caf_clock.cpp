// A function of CAF that this executable has in place of the library's, as in caf_network.cpp.
#include <caf/detail/thread_safe_actor_clock.hpp>

namespace caf::detail {

// Each actor that ends has the clock forget what timeouts it has for receives and requests, which wakes the clock's
// thread, also where there are none: while 18,000 streams left at once, that thread kept the processor's other work off
// for so long that a commit waited up to 140 ms for its disk. What it does not forget comes to nothing when it is due,
// since its actor has ended; messages that are sent later were never among it.
void thread_safe_actor_clock::cancel_timeouts(abstract_actor*) {}

}  // namespace caf::detail
