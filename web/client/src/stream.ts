import {EventStreamParser, type StreamEvent} from './parser.ts';

export interface StreamOptions {
  url: string;
  headers?: Record<string, string>;
  fetch?: typeof fetch | undefined;
  onEvent(event: StreamEvent): void;
  /** The server's `retry`. */
  onRetry?(ms: number): void;
  /** Something came, a comment too. */
  onBytes?(): void;
}

/** How a stream ended. `status`: the answer's (200 for one that was cut), 0 where there was none. */
export interface StreamEnd {
  status: number;
  retryAfterMs?: number | undefined;
}

export interface OpenStream {
  /** Never rejects. */
  readonly ended: Promise<StreamEnd>;
  /** Ends it; nothing is told after that. */
  close(): void;
}

/** What `Retry-After` asks for. */
export function retryAfterMs(headers: Headers): number | undefined {
  return Number(headers.get('Retry-After')) * 1000 || undefined;
}

/** Opens one event stream over fetch: with headers of its own, in Node too. Does not reconnect. */
export function openStream(options: StreamOptions): OpenStream {
  const abort = new AbortController();
  const {signal} = abort;
  const read = async (): Promise<StreamEnd> => {
    let status = 0;
    try {
      const response = await (options.fetch ?? fetch)(options.url, {
        headers: {Accept: 'text/event-stream', ...options.headers}, signal,
      });
      const {headers, body} = response;
      status = response.status;
      if (status !== 200) {
        abort.abort();   // lets go of the body
        return {status, retryAfterMs: retryAfterMs(headers)};
      }
      const parser = new EventStreamParser(event => {
        if (!signal.aborted) options.onEvent(event);
      }, options.onRetry);
      const reader = body!.getReader();
      for (let piece; !(piece = await reader.read()).done;) {
        options.onBytes?.();
        parser.push(piece.value);
      }
    } catch {
      abort.abort();
    }
    return {status};
  };
  return {ended: read(), close: () => abort.abort()};
}
