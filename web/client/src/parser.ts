// The event stream format of the WHATWG's HTML standard, "Server-sent events", from bytes in pieces of any size.

/** One event as it came. `id`: the last event id that holds at it, '' while there was none. */
export interface StreamEvent {
  type: string;
  data: string;
  id: string;
}

/** No event of the server comes near it; what is longer is no stream of ours. */
const maxEventLength = 4 << 20;

/** Takes bytes; tells events as they end. An event that the stream's end cuts short is never told. */
export class EventStreamParser {
  #decoder = new TextDecoder();   // strips the byte order mark, keeps a character that a cut split
  #line = '';
  #afterCr = false;
  #type = '';
  #data = '';
  #id = '';
  #onEvent: (event: StreamEvent) => void;
  #onRetry: ((ms: number) => void) | undefined;

  constructor(onEvent: (event: StreamEvent) => void, onRetry?: (ms: number) => void) {
    this.#onEvent = onEvent;
    this.#onRetry = onRetry;
  }

  /** Throws a RangeError where a line or an event's data is longer than it may be. */
  push(bytes: Uint8Array): void {
    let text = this.#decoder.decode(bytes, {stream: true});
    if (!text) return;
    if (this.#afterCr && text[0] === '\n') text = text.slice(1);   // the second half of a CRLF that a cut split
    this.#afterCr = text.endsWith('\r');
    const lines = text.split(/\r\n|\r|\n/);
    const rest = lines.pop()!;
    for (const line of lines) {
      const whole = this.#line + line;
      this.#line = '';
      this.#take(whole);
    }
    this.#line += rest;
    if (this.#line.length + this.#data.length > maxEventLength) throw new RangeError('event too long');
  }

  #take(line: string): void {
    const [, field, value = ''] = line.match(/^([^:]*)(?:: ?(.*))?$/s)!;
    if (!line) {
      const data = this.#data;
      const type = this.#type || 'message';
      this.#data = this.#type = '';
      if (data) this.#onEvent({type, data: data.slice(0, -1), id: this.#id});
    } else if (field === 'event') {
      this.#type = value;
    } else if (field === 'data') {
      this.#data += value + '\n';
    } else if (field === 'id' && !value.includes('\0')) {
      this.#id = value;
    } else if (field === 'retry' && /^\d+$/.test(value)) {
      this.#onRetry?.(+value);
    }
  }
}
