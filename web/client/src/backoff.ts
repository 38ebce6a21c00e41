const longestMs = 30_000;
const healthyMs = 60_000;

/** Waits between attempts: exponential with full jitter, so that a herd of clients spreads by itself. */
export class Backoff {
  /** The first wait is at most this; the server's `retry`. */
  baseMs = 1_000;
  #failures = 0;

  /** How long to wait before the next attempt. */
  next(): number {
    return Math.random() * Math.min(longestMs, this.baseMs * 2 ** this.#failures++);
  }

  /** Tells how long the last attempt's connection was alive; after a minute the waits start over. */
  lived(ms: number): void {
    if (ms >= healthyMs) this.reset();
  }

  /** Starts over. */
  reset(): void {
    this.#failures = 0;
  }
}
