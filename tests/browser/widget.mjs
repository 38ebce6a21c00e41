// The customer's side, on the page of someone else's site: what is known of its markup is known here.

// Runs in the page: the texts of the messages, or whether `wanted` is among them, or (`absent`) not.
const bodies = ({wanted = null, absent = false}) => {
  const roots = [...document.querySelectorAll('*')].map((each) => each.shadowRoot);
  const root = roots.find((each) => each?.querySelector('.panel'));
  const texts = [...root?.querySelectorAll('.message .body') ?? []].map((body) => {
    const copy = body.cloneNode(true);
    copy.querySelector('.heard')?.remove();   // who wrote it, for those who can't see it
    return copy.textContent;
  });
  return wanted === null ? texts : texts.includes(wanted) !== absent;
};

export class Widget {
  constructor(page) {
    this.page = page;
  }

  // Opens the demo's page as a customer of the world's company, with the panel open.
  static async open(world, {context = null, base = world.base, name = 'Grace', options = {}} = {}) {
    const place = context ?? await world.context(null, options);
    const widget = new Widget(await world.page(place, `/demo?key=${world.company.widget_key}&name=${name}`, base));
    await widget.openPanel();
    return widget;
  }

  close() {
    return this.page.context().close();
  }

  async openPanel() {
    const bubble = this.page.getByRole('button', {name: /^Open chat/u});
    const field = this.field();
    await bubble.or(field).first().waitFor();
    if (!await field.isVisible()) await bubble.click();
    await field.waitFor();
  }

  field() {
    return this.page.getByRole('textbox', {name: 'Write a message …'});
  }

  // Sends it, and waits until the server has it.
  async say(text) {
    await this.field().fill(text);
    await this.field().press('Enter');
    await this.hasMessage(text);
    await this.page.locator('.message.sending').first().waitFor({state: 'detached'});
  }

  messages() {
    return this.page.evaluate(bodies, {});
  }

  hasMessage(text) {
    return this.page.waitForFunction(bodies, {wanted: text});
  }

  hasNoMessage(text) {
    return this.page.waitForFunction(bodies, {wanted: text, absent: true});
  }
}
