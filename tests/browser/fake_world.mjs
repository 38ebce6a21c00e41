// What stream.js needs of a browser, under the test's control: a clock that only moves when told, and EventSources that
// say what the test lets them say.

export class FakeWorld {
  #timers = new Map();
  #nextTimer = 1;
  #now = 0;

  // random: the share of each longest wait that is taken.
  constructor(random) {
    const sources = this.sources = [];
    this.EventSource = class FakeEventSource {
      static CLOSED = 2;
      readyState = 0;
      closed = false;
      #listeners = new Map();

      constructor(url) {
        this.url = new URL(url, 'http://server.test');
        sources.push(this);
      }

      addEventListener(type, listener) {
        this.#listeners.set(type, listener);
      }

      close() {
        this.closed = true;
      }

      say(type, data, lastEventId = '') {
        this.#listeners.get(type)({data: JSON.stringify(data), lastEventId});
      }

      fail({givenUp}) {
        this.readyState = givenUp ? 2 : 0;
        this.onerror();
      }
    };
    this.random = random;
    this.now = () => this.#now;
    this.setTimeout = (action, ms) => {
      this.#timers.set(this.#nextTimer, {at: this.#now + ms, action});
      return this.#nextTimer++;
    };
    this.clearTimeout = (timer) => this.#timers.delete(timer);
  }

  get source() {
    return this.sources.at(-1);
  }

  // Lets time pass; what falls due runs in its order.
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, {at}]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.#timers.delete(due[0]);
      this.#now = due[1].at;
      due[1].action();
    }
    this.#now = end;
  }
}
