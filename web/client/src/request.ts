import {Backoff} from './backoff.ts';
import {type Clock, systemClock} from './clock.ts';
import {retryAfterMs} from './stream.ts';

/** One fault of one field of a refused body. */
export interface FieldFault {
  pointer: string;
  code: string;
  detail: string;
}

/** An answer that is no success (RFC 9457), or none at all: `status` 0, `code` 'network'. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly errors: FieldFault[];
  /** Of a 412: the complete object as it is now. */
  readonly current?: unknown;

  constructor(
    readonly status: number, readonly code: string,
    problem: {title?: string; detail?: string; errors?: FieldFault[]; current?: unknown} = {},
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail ?? problem.title ?? code);
    this.errors = problem.errors ?? [];
    this.current = problem.current;
  }
}

export interface RequestOptions {
  /** Bearer; without it the browser's cookie. */
  token?: string | undefined;
  headers?: Record<string, string>;
  fetch?: typeof fetch | undefined;
  clock?: Clock;
  signal?: AbortSignal;
  /** Sent again where no answer came or the server could not take it for now. Only for what may be done twice. */
  repeat?: boolean;
  /** After which no answer is one. */
  timeoutMs?: number;
}

/** A success: its body (null where it has none) and what its header says. */
export interface Answer<T> {
  body: T;
  headers: Headers;
  /** It was sent more than once. */
  repeated: boolean;
}

const maxAttempts = 5;
const answerWithinMs = 30_000;

/** A random token of 32 hex digits. */
export function randomToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

async function sendOnce(url: string, init: RequestInit, options: RequestOptions): Promise<[Response, string]> {
  const clock = options.clock ?? systemClock;
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = clock.setTimeout(stop, options.timeoutMs ?? answerWithinMs);
  options.signal?.addEventListener('abort', stop);
  if (options.signal?.aborted) stop();
  try {
    const response = await (options.fetch ?? fetch)(url, {...init, signal: abort.signal});
    return [response, await response.text()];
  } catch (error) {
    throw new ApiError(0, 'network', {detail: String(error)});
  } finally {
    clock.clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  }
}

function toAnswer<T>([response, text]: [Response, string], repeated: boolean): Answer<T> {
  const {status, headers} = response;
  let body;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    throw new ApiError(response.ok ? 0 : status, 'not_json');   // a proxy's own page
  }
  if (!response.ok) throw new ApiError(status, body?.code ?? 'http', body ?? {}, retryAfterMs(headers));
  return {body, headers, repeated};
}

/** Whether the same request may succeed a moment later. */
function passes({status, code, retryAfterMs = 0}: ApiError): boolean {
  const forNow = !status || status === 429 || status > 501 || code === 'idempotency_in_flight';
  return forNow && retryAfterMs <= answerWithinMs;
}

/** One request, with its header. Throws ApiError only. */
export async function send<T>(
  baseUrl: string, method: string, path: string, body?: unknown, options: RequestOptions = {},
): Promise<Answer<T>> {
  const {token, clock = systemClock} = options;
  const raw = body instanceof Blob;
  const init: RequestInit = {
    method,
    headers: {
      ...body !== undefined && !raw && {'Content-Type': 'application/json'},
      ...token && {Authorization: `Bearer ${token}`},
      ...options.headers,
    },
    cache: 'no-store',
    ...body !== undefined && {body: raw ? body : JSON.stringify(body)},
  };
  const backoff = new Backoff(clock.random);
  for (let attempt = 1; ; ++attempt) {
    try {
      return toAnswer<T>(await sendOnce(baseUrl + path, init, options), attempt > 1);
    } catch (error) {
      const fault = error as ApiError;
      if (!options.repeat || attempt >= maxAttempts || options.signal?.aborted || !passes(fault)) throw fault;
      await new Promise<void>(resolve => clock.setTimeout(resolve, Math.max(fault.retryAfterMs ?? 0, backoff.next())));
    }
  }
}

/** One request where there is no company yet: sign-up, log-in, invitations. Resolves to the body. */
export async function request<T>(
  baseUrl: string, method: string, path: string, body?: unknown, options?: RequestOptions,
): Promise<T> {
  return (await send<T>(baseUrl, method, path, body, options)).body;
}
