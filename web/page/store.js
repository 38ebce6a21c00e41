// What the page knows of one company: a projection of the snapshot, the pages that were read, and every event since
// (protocol §4, "Client rules"). Objects are never changed in place.
//
// An object that is embedded in another (a note's author, a customer's assigned employee) is kept once, in `people`, by
// its own version: whoever shows it asks person().

const maxTombstones = 10_000;

export class Store {
  constructor() {
    this.company = null;
    this.me = null;                // the employee that this page acts as
    this.people = new Map();       // every employee seen, removed ones too
    this.customers = new Map();
    this.notes = new Map();
    this.messages = new Map();
    this.online = null;            // ids of employees with a stream; told by the stream, at first by the snapshot
    this.truncated = false;        // the company has more customers than the snapshot
    this.deleted = new Set();      // tombstones: ids are never used again, so what comes late under one is dropped
  }

  takeSnapshot(snapshot) {
    this.put('company', snapshot.company);
    this.me = snapshot.me;
    snapshot.employees.forEach((employee) => this.put('employee', employee));
    snapshot.customers.forEach((customer) => this.put('customer', customer));
    snapshot.messages.forEach((message) => this.put('message', message));
    this.truncated = snapshot.truncated;
    if (!this.online) this.takePresence(snapshot.presence.online);
  }

  takePresence(online) {
    this.online = new Set(online);
  }

  changePresence(changes) {
    this.online ??= new Set();
    for (const {employee_id, online} of changes) {
      if (online) this.online.add(employee_id);
      else this.online.delete(employee_id);
    }
  }

  // One event of the stream, or what a write of this page made.
  apply({entity, action, object}) {
    if (action === 'deleted') this.#remove(entity, object);
    else this.put(entity, object);
  }

  // Takes an object where it is newer than the one held. True if it was.
  put(entity, object) {
    if (this.deleted.has(object.id) || this.deleted.has(object.customer_id)) return false;
    if (object.assigned_employee) this.put('employee', object.assigned_employee);
    if (entity === 'note') this.put('employee', object.author);
    if (entity === 'company') {
      if (this.company && this.company.version >= object.version) return false;
      this.company = object;
      return true;
    }
    const held = this.#collection(entity);
    if (held.has(object.id) && held.get(object.id).version >= object.version) return false;
    held.set(object.id, object);
    return true;
  }

  #remove(entity, object) {
    this.#bury(object.id);
    if (entity === 'company') return;
    if (entity === 'employee') {
      this.people.set(object.id, object);  // notes keep their author
      this.online?.delete(object.id);
      return;
    }
    this.#collection(entity).delete(object.id);
    if (entity !== 'customer') return;
    for (const children of [this.notes, this.messages]) {
      for (const child of children.values()) {
        if (child.customer_id === object.id) children.delete(child.id);
      }
    }
  }

  #bury(id) {
    this.deleted.add(id);
    if (this.deleted.size > maxTombstones) this.deleted.delete(this.deleted.values().next().value);
  }

  #collection(entity) {
    return {employee: this.people, customer: this.customers, note: this.notes, message: this.messages}[entity];
  }

  // The newest that is known of an employee.
  person(id) {
    return this.people.get(id) ?? null;
  }

  isOnline(id) {
    return this.online?.has(id) ?? false;
  }

  myself() {
    return this.person(this.me.id) ?? this.me;
  }

  employees() {
    return [...this.people.values()].filter((employee) => employee.status !== 'removed');
  }

  notesOf(customerId) {
    return [...this.notes.values()].filter((note) => note.customer_id === customerId)
      .sort((a, b) => b.pinned - a.pinned || (a.id < b.id ? 1 : -1));
  }

  // Ids are made in order of time, so they order a thread.
  messagesOf(customerId) {
    return [...this.messages.values()].filter((message) => message.customer_id === customerId)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  // Customers by their latest activity, each with its latest message.
  customersByActivity() {
    const latest = new Map();
    for (const message of this.messages.values()) {
      const other = latest.get(message.customer_id);
      if (!other || other.id < message.id) latest.set(message.customer_id, message);
    }
    return [...this.customers.values()]
      .map((customer) => {
        const message = latest.get(customer.id) ?? null;
        const at = message && message.created_at > customer.updated_at ? message.created_at : customer.updated_at;
        return {customer, message, at};
      })
      .sort((a, b) => (a.at === b.at ? (a.customer.id < b.customer.id ? 1 : -1) : a.at < b.at ? 1 : -1));
  }
}
