import {Backoff} from './backoff.ts';
import {wait} from './pause.ts';
import {retryAfterMs} from './stream.ts';

const enum Limit {
  maxAttempts = 5,
  answerWithinMs = 30_000,
}

/** One fault of one field of a refused body. */
export interface FieldFault {
  pointer: string;
  code: string;
  detail: string;
}

interface Problem {
  detail?: string;
  errors?: FieldFault[];
  current?: unknown;
}

/** An answer that is no success (RFC 9457), or none at all: `status` 0, `code` 'network'. */
export class ApiError extends Error {
  declare readonly status: number;
  declare readonly code: string;
  declare readonly errors: FieldFault[];
  /** Of a 412: the complete object as it is now. */
  declare readonly current?: unknown;
  declare readonly retryAfterMs?: number | undefined;

  constructor(
    status: number, code: string, {detail = code, errors = [], current}: Problem = {}, retryAfterMs?: number,
  ) {
    super(detail);
    Object.assign(this, {name: 'ApiError', status, code, errors, current, retryAfterMs});
  }
}

export interface RequestOptions {
  /** Bearer; without it the browser's cookie. */
  token?: string | undefined;
  headers?: Record<string, string> | undefined;
  fetch?: typeof fetch | undefined;
  /** What may end it from outside. */
  abort?: AbortController;
  /** Sent again where no answer came or the server could not take it for now. Only for what may be done twice. */
  repeat?: boolean | undefined;
  /** After which no answer is one. */
  timeoutMs?: number;
}

/** A success: its body (null where it has none) and its header. */
export interface Answer<T> {
  body: T;
  headers: Headers;
}

/** A token that no one else has; no secret. */
export function randomToken(): string {
  // Node 18 has no `crypto` for scripts.
  return (globalThis.crypto?.getRandomValues(new Uint32Array(4)) ?? [1, 2, 3].map(Math.random)).join('-');
}

/** The header of a request with this token's right. */
export function bearer(token: string | undefined): Record<string, string> {
  return token ? {Authorization: `Bearer ${token}`} : {};
}

/** Whether the same request may succeed a moment later. */
function passes({status, code, retryAfterMs = 0}: ApiError): boolean {
  const forNow = !status || status === 429 || status > 501 || code === 'idempotency_in_flight';
  return forNow && retryAfterMs <= Limit.answerWithinMs;
}

/** One request, with the answer's header. Throws ApiError only. */
export async function send<T>(
  url: string, method: string, body?: unknown, options: RequestOptions = {},
): Promise<Answer<T>> {
  const raw = body instanceof Blob;   // tells its own type
  const backoff = new Backoff();
  for (let attempt = 1; ; ++attempt) {
    const {abort = new AbortController(), timeoutMs = Limit.answerWithinMs} = options;
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    let status = 0;
    try {
      const response = await (options.fetch ?? fetch)(url, {
        method,
        headers: {...!raw && {'Content-Type': 'application/json'}, ...bearer(options.token), ...options.headers},
        body: raw ? body : JSON.stringify(body),
        signal: abort.signal,
      });
      const {ok, headers} = response;
      if (!ok) status = response.status;
      const text = await response.text();
      const answer = text ? JSON.parse(text) : null;
      if (ok) return {body: answer, headers};
      throw new ApiError(status, answer.code, answer, retryAfterMs(headers));
    } catch (error) {
      // No answer, or a body that is no problem document: a proxy's own page.
      const fault = error instanceof ApiError
        ? error : new ApiError(status, status ? 'http' : 'network', {detail: `${error}`});
      if (!options.repeat || attempt === Limit.maxAttempts || !passes(fault)) throw fault;
      await wait(Math.max(fault.retryAfterMs ?? 0, backoff.next()));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** One request where there is no company yet: sign-up, log-in, invitations. Resolves to the body. */
export async function request<T>(
  baseUrl: string, method: string, path: string, body?: unknown, options?: RequestOptions,
): Promise<T> {
  return (await send<T>(baseUrl + path, method, body, options)).body;
}
