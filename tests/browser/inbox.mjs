// The team's application as its people use it: what is known of its markup is known here.

const settled = '[aria-busy=true], .message[data-state]';   // on its way

export class Inbox {
  constructor(page) {
    this.page = page;
  }

  // Opens it as `name` in a browser of its own, and waits until it is live.
  static async open(world, name, path = '/', options = {}) {
    const inbox = new Inbox(await world.open(name, path, options));
    await inbox.live();
    return inbox;
  }

  close() {
    return this.page.context().close();
  }

  // Waits until the connection is in that state.
  is(status) {
    return this.page.waitForSelector(`.connection[data-status=${status}]`, {state: 'attached'});
  }

  live() {
    return this.is('live');
  }

  async transportIs(transport) {
    const words = {poll: 'Connected (slow path)', stream: 'Connected'}[transport];
    await this.page.waitForSelector(`.connection[data-status=live][title="${words}"]`, {state: 'attached'});
  }

  listed() {
    return this.page.locator('.conversation-row').first().waitFor();
  }

  // The rows in sight, from the top.
  rows() {
    return this.page.$$eval('.conversation-row .row-name', (nodes) => nodes.map((node) => node.textContent));
  }

  row(name) {
    return this.page.locator('.conversation-row').filter({has: this.page.getByText(name, {exact: true})});
  }

  async openFirst() {
    await this.page.locator('.conversation-row').first().click();
    await this.composer().waitFor();
  }

  async openConversation(name) {
    await this.row(name).click();
    await this.composer().waitFor();
  }

  composer() {
    return this.page.getByRole('textbox', {name: /^(Message|Reply)/u});
  }

  // Sends it, and waits until the server has it. While there is no connection it waits for one.
  async say(text) {
    await this.live();
    await this.composer().fill(text);
    await this.composer().press('Enter');
    await this.hasMessage(text);
    await this.page.waitForFunction((selector) => !document.querySelector(selector), settled);
  }

  async note(text) {
    await this.showNotes();
    const field = this.page.getByRole('textbox', {name: /note/iu});
    await field.fill(text);
    await field.press('Enter');
    await this.hasNote(text);
  }

  async showNotes() {
    const tab = this.page.getByRole('tab', {name: /^Notes/u});
    if (await tab.count() > 0) await tab.click();
  }

  details() {
    return this.page.getByRole('region', {name: 'Details'});
  }

  // They are behind a tab where the window is too narrow for all.
  async showDetails() {
    if (await this.details().count() === 0) await this.page.getByRole('tab', {name: 'Details'}).click();
  }

  // Makes a detail of the customer a field.
  async beginEdit(field) {
    await this.showDetails();
    await this.details().getByRole('button', {name: new RegExp(`^${field}: .*Edit$`, 'u')}).click();
  }

  // The messages in the document, from the top.
  messages() {
    return this.page.$$eval('.message .bubble', (nodes) => nodes.map((node) => node.firstChild?.textContent ?? ''));
  }

  hasMessage(text) {
    return this.#has('.message .bubble', text);
  }

  hasNoMessage(text) {
    return this.page.waitForFunction((what) =>
      ![...document.querySelectorAll('.message .bubble')].some((each) => each.textContent.includes(what)), text);
  }

  // Chooses from the menu of the message with that text.
  async messageAction(text, action) {
    const message = this.page.locator('.message').filter({hasText: text});
    await message.hover();
    await message.getByRole('button', {name: 'Message actions'}).click();
    await this.page.getByRole('menuitem', {name: action}).click();
  }

  async hasNote(text) {
    await this.showNotes();
    await this.#has('.note', text);
  }

  #has(selector, text) {
    return this.page.waitForFunction(([where, what]) =>
      [...document.querySelectorAll(where)].some((each) => each.textContent.includes(what)), [selector, text]);
  }

  async canWrite() {
    return this.composer().isEnabled();
  }

  // Scrolls the list with such rows to its end or beginning, on and on as more of it loads, until a row has that text.
  scrollTo(edge, row, text) {
    return this.page.waitForFunction(([where, what, down]) => {
      const rows = [...document.querySelectorAll(where)];
      let scroller = rows[0];
      while (scroller && scroller.scrollHeight <= scroller.clientHeight + 1) scroller = scroller.parentElement;
      if (scroller) scroller.scrollTop = down ? scroller.scrollHeight : 0;
      return rows.some((each) => each.textContent.includes(what));
    }, [row, text, edge === 'end'], {polling: 'raf'});
  }

  // To the conversation of that customer, wherever the list is.
  async goTo(customer) {
    await this.page.evaluate((hash) => { location.hash = hash; }, `#/c/${customer.company_id}/inbox/${customer.id}`);
    await this.composer().waitFor();
  }
}
