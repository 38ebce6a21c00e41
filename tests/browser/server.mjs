// The real server as a child process, on a database of its own that outlives its restarts.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';

// A port that is free now. The server takes it by number, so that it can come back on the same one.
export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const {port} = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Server {
  #folder;
  #child = null;

  static async create() {
    const server = new Server();
    server.#folder = await mkdtemp(join(tmpdir(), 'chatmesh-browser-'));
    return server;
  }

  // Resolves when the server says that it listens. Rejects where it ends before that. `options`: more of the server's.
  async start(port, options = []) {
    const webRoot = process.env.CHATMESH_WEB_ROOT;   // else those of the build that the server belongs to
    const child = spawn(process.env.CHATMESH_BIN, [
      `--http.port=${port}`, '--ops.enabled=off', '--limits.rate=off',
      `--database.url=sqlite:${join(this.#folder, 'test.db')}`,
      ...(webRoot ? [`--http.web-root=${webRoot}`] : []), ...options,
    ], {cwd: this.#folder, stdio: ['ignore', 'pipe', 'inherit']});
    this.#child = child;
    const ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the server ended before it listened: ${code ?? signal}`);
    });
    const listens = (async () => {
      for await (const line of createInterface({input: child.stdout})) {
        if (line.startsWith('ChatMesh listens on ')) return;
      }
      return ended;
    })();
    await Promise.race([listens, ended]);
    ended.catch(() => {});   // later ends are stop()'s business
    child.stdout.resume();
  }

  // Ends the server; resolves to its exit code, or the signal's name where it had none.
  async stop(signal = 'SIGTERM') {
    const child = this.#child;
    if (!child) return null;
    this.#child = null;
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? child.signalCode;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code, name] = await exit;
    return code ?? name;
  }

  async remove() {
    await this.stop('SIGKILL');
    await rm(this.#folder, {recursive: true, force: true});
  }
}

// Requests of a member that is no browser, at whatever port the server has at the moment.
export class Api {
  constructor(port) {
    this.port = port;
  }

  async request(method, path, body, headers = {}) {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1${path}`, {
      method,
      headers: {
        ...(body ? {'Content-Type': 'application/json'} : {}),
        ...(this.token ? {Authorization: `Bearer ${this.token}`} : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async logIn(email, password) {
    const {session, memberships} = await this.request('POST', '/sessions', {email, password});
    this.token = session.token;
    this.company = `/companies/${memberships[0].company.id}`;
  }
}
