// Somebody else's site with the widget on it: an origin of its own, a strict content security policy, and style sheets
// that mean no good.
import {once} from 'node:events';
import {createServer} from 'node:http';

import {freePort} from './server.mjs';

const hostile = `
  body * {
    all: unset !important; display: none !important; visibility: hidden !important; opacity: 0 !important;
    position: static !important; font-size: 0 !important; transform: scale(0) !important; pointer-events: none !important;
  }
  html { font: 40px cursive; color: hotpink; letter-spacing: 1em; text-transform: uppercase; direction: rtl; }`;
const friendly = 'body { font-family: sans-serif; }';

export class Site {
  // Listens when it resolves.
  static async create() {
    const site = new Site();
    site.port = await freePort();
    site.server = createServer((request, answer) => site.#answer(new URL(request.url, site.origin), answer));
    site.server.listen(site.port, '127.0.0.1');
    await once(site.server, 'listening');
    return site;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  // The address of a page with the widget of the server at `chat`, with these attributes.
  address(chat, data, {style = 'friendly'} = {}) {
    return `${this.origin}/?${new URLSearchParams({chat, data: JSON.stringify(data), style})}`;
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  #answer({pathname, searchParams}, answer) {
    if (pathname.endsWith('.css')) {
      answer.writeHead(200, {'Content-Type': 'text/css'}).end(pathname === '/hostile.css' ? hostile : friendly);
      return;
    }
    if (pathname !== '/') {
      answer.writeHead(404).end();
      return;
    }
    const chat = searchParams.get('chat');
    const attributes = Object.entries(JSON.parse(searchParams.get('data')))
      .map(([name, value]) => ` data-${name}="${value.replaceAll('"', '&quot;')}"`).join('');
    answer.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; script-src ${chat}; connect-src ${chat}; ` +
        `img-src 'self' ${chat}; require-trusted-types-for 'script'`,
    }).end(`<!doctype html><html lang="en"><title>A shop</title>
      <link rel="stylesheet" href="/${searchParams.get('style')}.css"><main><h1>A shop</h1>
      <p><a href="#top">A link before the widget</a></p></main><script src="${chat}/widget.js"${attributes}></script></html>`);
  }
}

// A page with the widget, as its visitor and the tests see it.
export class Visit {
  constructor(page) {
    this.page = page;
    this.widget = page.locator('chatmesh-widget');
    this.bubble = page.locator('chatmesh-widget .bubble');
    this.panel = page.locator('chatmesh-widget .panel');
    this.field = page.locator('chatmesh-widget textarea');
    this.badge = page.locator('chatmesh-widget .badge');
    this.notice = page.locator('chatmesh-widget .notice');
    this.typing = page.locator('chatmesh-widget .typing');
  }

  // A message in the list, by text in it; `kind`: more classes of it, as '.sent.mine'.
  message(text, kind = '') {
    return this.page.locator(`chatmesh-widget .message${kind}`).filter({hasText: text});
  }

  async open() {
    await this.bubble.click();
    await this.panel.waitFor();
  }

  // Sends it, and waits until the server has it.
  async say(body) {
    await this.field.fill(body);
    await this.field.press('Enter');
    await this.message(body, '.mine.sent').waitFor();
  }

  bodies() {
    return this.page.$$eval('chatmesh-widget .body', (nodes) => nodes.map((node) =>
      [...node.childNodes].slice(1).map((part) => part.textContent).join('')));   // the first says whose it is
  }
}
