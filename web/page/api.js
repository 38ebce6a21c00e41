// Requests to the server. The session travels as a cookie that scripts can't read.

const base = '/api/v1';
const maxRepeats = 3;           // of a POST that got no answer
const repeatCapMs = 5_000;

// 128 random bits; crypto.randomUUID() would need a secure context.
export function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

// This tab's name for echo suppression (protocol §4): made once, kept in memory only.
export const clientToken = randomToken();

// An answer that is an error (RFC 9457), or no answer at all: status 0.
export class Problem extends Error {
  constructor(status, body = {}, retryAfterMs = null) {
    super(body.detail || body.title || (status ? `The server answered ${status}.` : 'The server can’t be reached.'));
    this.status = status;
    this.code = body.code ?? null;
    this.errors = body.errors ?? [];
    this.current = body.current ?? null;
    this.retryAfterMs = retryAfterMs;
  }
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function once(method, path, headers, body) {
  let response;
  let text;
  try {
    response = await fetch(base + path, {method, headers, body, cache: 'no-store', credentials: 'same-origin'});
    text = await response.text();
  } catch {
    throw new Problem(0);
  }
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    value = null;
  }
  if (response.ok) return {value, cursor: response.headers.get('Chatmesh-Cursor')};
  const seconds = Number(response.headers.get('Retry-After'));
  throw new Problem(response.status, value ?? {}, seconds > 0 ? seconds * 1000 : null);
}

export async function get(path) {
  return (await once('GET', path, {Accept: 'application/json'})).value;
}

// A write: {value, cursor} of the answer. `version` becomes If-Match. A POST that got no answer is repeated under its
// Idempotency-Key: the server makes it at most once.
export async function send(method, path, body, {version} = {}) {
  const headers = {Accept: 'application/json', 'Chatmesh-Client': clientToken};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  if (method === 'POST') headers['Idempotency-Key'] = randomToken();
  const text = body === undefined ? undefined : JSON.stringify(body);
  for (let repeats = 0; ; ++repeats) {
    try {
      return await once(method, path, headers, text);
    } catch (problem) {
      const passing = problem.status === 0 || problem.status === 503;
      if (method !== 'POST' || !passing || repeats === maxRepeats) throw problem;
      await wait(problem.retryAfterMs ?? Math.random() * Math.min(repeatCapMs, 500 * 2 ** repeats));
    }
  }
}

// Something ephemeral: a lost one harms nobody, so no answer is waited for.
export function tell(path, body) {
  const headers = {'Content-Type': 'application/json', 'Chatmesh-Client': clientToken};
  once('POST', path, headers, JSON.stringify(body)).catch(() => {});
}
