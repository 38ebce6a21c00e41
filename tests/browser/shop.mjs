// A company whose customers come from somebody else's site, and the one who answers them.
import {Site, Visit} from './site.mjs';
import {World} from './world.mjs';

export const owner = 'Ines Vermeer';

export class Shop {
  static async open() {
    const shop = new Shop();
    shop.site = await Site.create();
    shop.world = await World.create([owner]);
    shop.agent = shop.world.api(owner);
    await shop.agent.request('PATCH', shop.agent.company, {widget_origins: [shop.site.origin]});
    return shop;
  }

  async close() {
    await this.world.close();
    await this.site.close();
  }

  // Latest made first.
  async customers() {
    return (await this.agent.request('GET', `${this.agent.company}/customers`)).items;
  }

  async newest() {
    return (await this.customers())[0];
  }

  // Oldest first.
  async messagesOf({id}) {
    return (await this.agent.request('GET', `${this.agent.company}/messages?customer_id=${id}`)).items.reverse();
  }

  answer(customer, body) {
    return this.agent.request('POST', `${this.agent.company}/messages`, {customer_id: customer.id, body});
  }

  types(customer) {
    return this.agent.request('POST', `${this.agent.company}/typing`, {customer_id: customer.id});
  }

  // A page of the site in a browser of its own (of these `options`), or in `context`. `chat`: where the page finds the
  // server; `data`: the widget's attributes.
  async visit({context, chat = this.world.base, data = {}, style, ...options} = {}) {
    const page = await (context ?? await this.world.context(null, options)).newPage();
    await page.goto(this.site.address(chat, {key: this.world.company.widget_key, ...data}, {style}));
    const seen = new Visit(page);
    await seen.bubble.waitFor();
    return seen;
  }

  // A visit with a first message, and the customer that it made.
  async conversation(body, options) {
    const seen = await this.visit(options);
    await seen.open();
    await seen.say(body);
    return {seen, customer: await this.newest()};
  }
}
