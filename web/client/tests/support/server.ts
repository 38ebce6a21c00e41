// The server that a test's clients talk to, by fetch alone.
import {TestCompany, type Entity} from './company.ts';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

/** One event stream, seen from the server. */
export class TestStream {
  closed = false;
  position: number;
  #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(readonly asked: Asked, writer: WritableStreamDefaultWriter<Uint8Array>, position: number) {
    this.#writer = writer;
    this.position = position;
  }

  raw(text: string): void {
    if (!this.closed) this.#writer.write(new TextEncoder().encode(text)).catch(() => {});
  }

  frame(type: string, data: unknown, id?: string): void {
    this.raw(`${id ? `id: ${id}\n` : ''}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** The connection ends, from the server's side or on the path. */
  cut(): void {
    if (this.closed) return;
    this.closed = true;
    this.#writer.close().catch(() => {});
  }

  abort(): void {
    this.closed = true;
    this.#writer.abort(new Error('aborted')).catch(() => {});
  }
}

export class TestServer {
  readonly company = new TestCompany();
  readonly streams: TestStream[] = [];
  readonly asked: Asked[] = [];
  /** Answers before the server does, or lets it. May throw: then there is no answer. */
  intercept: (asked: Asked) => Response | Promise<Response> | undefined = () => undefined;
  /** Whether a stream begins with hello, and gets events by itself. */
  speaks = true;
  retryMs = 1000;
  heartbeatMs = 15_000;
  employeeId: string | null = this.company.me;
  #replies = new Map<string, Response>();

  /** Requests for a resource, such as 'snapshot'. */
  count(resource: string): number {
    return this.asked.filter(each => each.path.endsWith(`/${resource}`)).length;
  }

  get open(): TestStream[] {
    return this.streams.filter(stream => !stream.closed);
  }

  get stream(): TestStream {
    const {open} = this;
    if (open.length !== 1) throw new Error(`${open.length} streams are open`);
    return open[0]!;
  }

  /** Sends what streams lack. */
  push(): void {
    for (const stream of this.open) {
      for (const event of this.company.log.slice(stream.position)) {
        stream.frame(event.type, event, `${this.company.epoch}-${event.seq}`);
      }
      stream.position = this.company.head;
    }
  }

  heartbeat(): void {
    const {head, epoch} = this.company;
    for (const stream of this.open) stream.frame('heartbeat', {head, epoch, at: ''});
  }

  fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(String(input), 'https://chat.test');
    const asked: Asked = {
      method: init.method ?? 'GET', path: url.pathname.replace('/api/v1', ''), query: url.searchParams,
      headers: init.headers as Record<string, string>, body: typeof init.body === 'string' ? JSON.parse(init.body) : {},
    };
    this.asked.push(asked);
    init.signal?.throwIfAborted();
    const given = this.intercept(asked);
    if (given) return abortable(given, init.signal);
    return asked.path.endsWith('/events') ? this.#stream(asked, init.signal!) : this.#answer(asked);
  };

  #stream(asked: Asked, signal: AbortSignal): Response {
    const {company} = this;
    const pipe = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, {highWaterMark: 1000});
    const cursor = asked.query.get('cursor') ?? company.cursor;
    const stream = new TestStream(asked, pipe.writable.getWriter(), Number(cursor.split('-')[1]));
    this.streams.push(stream);
    signal.addEventListener('abort', () => stream.abort());
    const response = new Response(pipe.readable, {headers: {'Content-Type': 'text/event-stream'}});
    if (!this.speaks) return response;
    const reason = company.refusal(cursor);
    stream.raw(`retry: ${this.retryMs}\n`);
    stream.frame('hello', {
      connection_id: 'c', company_id: 'company', employee_id: this.employeeId, cursor, head: company.head,
      resumed: !reason, heartbeat_ms: this.heartbeatMs, node: 'n', server_time: '',
    }, reason ? undefined : cursor);
    if (reason) {
      stream.frame('reset', {reason, cursor: company.cursor, snapshot: '/snapshot', after_ms: 1000}, company.cursor);
      stream.position = company.head;
    }
    stream.frame('presence', {full: true, online: company.online});
    this.push();
    return response;
  }

  #answer(asked: Asked): Response {
    const {company} = this;
    const [, resource, id] = asked.path.replace('/companies/company', '').split('/');
    if (resource === 'snapshot') return json(company.snapshot());
    if (resource === 'presence') return json({online: company.online});
    if (resource === 'changes') return json(company.changes(asked.query.get('cursor')!));
    const entity = resource!.slice(0, -1) as Entity;
    if (asked.method === 'GET') return json(company.list(entity, asked.query.get('customer_id')));
    const key = asked.headers['Idempotency-Key'];
    const before = key && this.#replies.get(key);
    if (before) return before.clone();
    const reply = this.#write(asked, entity, id!);
    if (key) this.#replies.set(key, reply.clone());
    this.push();
    return reply;
  }

  #write({method, body, headers}: Asked, entity: Entity, id: string): Response {
    const {company} = this;
    if (method === 'POST') return json(company.create(entity, body), 201, {'Chatmesh-Cursor': company.cursor});
    const current = company.get(entity, id);
    if (!current) return problem(404, 'not_found');
    const match = headers['If-Match'];
    if (match && match !== `"${current.version}"`) return problem(412, 'precondition_failed', {current});
    if (method === 'DELETE') {
      company.remove(entity, id);
      return new Response(null, {status: 204, headers: {'Chatmesh-Cursor': company.cursor}});
    }
    const object = company.update(entity, id, body);
    return json(object, 200, {'Chatmesh-Cursor': company.cursor});
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {status, headers: {'Content-Type': 'application/json', ...headers}});
}

export function problem(
  status: number, code: string, more: object = {}, headers: Record<string, string> = {},
): Response {
  return json({type: 'about:blank', title: code, status, detail: code, code, request_id: 'r', ...more}, status, headers);
}

// As fetch does: an aborted request rejects, whenever its answer would come.
function abortable(answer: Response | Promise<Response>, signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    Promise.resolve(answer).then(resolve, reject);
  });
}

/** A promise to be kept when the test says so. */
export function later<T>(): {promise: Promise<T>; resolve(value: T): void; reject(error: Error): void} {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => { resolve = yes; reject = no; });
  return {promise, resolve, reject};
}
