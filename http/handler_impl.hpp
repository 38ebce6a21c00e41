// The inside of handler.hpp: how a call leaves the io thread and comes back to it.
#pragma once

#include "http/thread_inbox.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <memory>
#include <variant>

namespace chatmesh::http {

// The answer when something that this server needs is down or full: 503 with Retry-After.
problem unavailable(std::string detail = "The server is overloaded; try again later.");

namespace detail {

// A suspended coroutine as a copyable value: `resume` may be called from any thread, once, and continues it on its own
// executor. Keeps that executor's context running until then.
template <class Handler, class Outcome>
class resumer {
public:
  explicit resumer(Handler&& waiting) : state_(std::make_shared<state>(std::move(waiting))) {}

  void resume(Outcome outcome) const {
    if (std::exchange(state_->resumed, true))
      return;
    state_->outcome = std::move(outcome);
    auto go_on = [kept = state_] {
      kept->work.reset();
      auto waiting = std::move(kept->waiting);  // the other copies hold an empty handler from here on
      waiting(std::move(kept->outcome));
    };
    if (state_->home)
      state_->home->push(std::move(go_on));
    else
      asio::post(state_->work.get_executor(), std::move(go_on));
  }

private:
  struct state {
    explicit state(Handler&& h) : waiting(std::move(h)), work(asio::make_work_guard(waiting)) {}
    Handler waiting;
    asio::executor_work_guard<asio::associated_executor_t<Handler>> work;
    thread_inbox* const home = thread_inbox::of_this_thread();
    Outcome outcome{};
    bool resumed = false;  // by the one thread that has the call
  };
  std::shared_ptr<state> state_;
};

// Suspends the caller; `start` gets a copyable value whose resume(Outcome) continues it. The outcome is default-made
// and movable.
template <class Outcome, class Start>
asio::awaitable<Outcome> suspend(Start start) {
  auto initiate = [&start](auto waiting) { start(resumer<decltype(waiting), Outcome>(std::move(waiting))); };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Outcome)>(initiate, asio::use_awaitable);
}

template <class T>
struct read_outcome {
  std::exception_ptr error;
  std::shared_ptr<T> value;  // neither: the database failed
};

template <class F, class T>
void run_read(F& f, persistence::stores& stores, read_outcome<T>& outcome) {
  try {
    if constexpr (std::is_same_v<T, std::monostate>) {
      f(stores);
      outcome.value = std::make_shared<T>();
    } else {
      outcome.value = std::make_shared<T>(f(stores));
    }
  } catch (const problem&) {
    outcome.error = std::current_exception();
  } catch (const domain::malformed&) {
    outcome.error = std::current_exception();
  } catch (const domain::invalid&) {
    outcome.error = std::current_exception();
  }
}

}  // namespace detail

template <class F>
asio::awaitable<std::invoke_result_t<F&, persistence::stores&>> read(services& s, F f) {
  using result = std::invoke_result_t<F&, persistence::stores&>;
  using value = std::conditional_t<std::is_void_v<result>, std::monostate, result>;
  using outcome = detail::read_outcome<value>;
  auto job = std::make_shared<F>(std::move(f));
  auto start = [&s, &job](auto resumer) {
    auto run = [resumer, job](persistence::stores& stores) {
      outcome done;
      detail::run_read(*job, stores, done);  // other exceptions are the database's: they end in `failed`
      resumer.resume(std::move(done));
    };
    auto failed = [resumer] { resumer.resume(outcome{}); };
    if (!s.readers.submit(run, failed))
      failed();
  };
  outcome done = co_await detail::suspend<outcome>(start);
  if (done.error)
    std::rethrow_exception(done.error);
  if (!done.value)
    throw unavailable();
  if constexpr (!std::is_void_v<result>)
    co_return std::move(*done.value);
}

}  // namespace chatmesh::http
