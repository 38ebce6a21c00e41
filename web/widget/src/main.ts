import {Backoff} from '@chatmesh/client';

import {Api} from './core/api.ts';
import {Chat} from './core/chat.ts';
import {watchPage} from './core/lifecycle.ts';
import {readOptions, type Options} from './core/options.ts';
import {Shelf} from './core/shelf.ts';
import {Widget} from './view/widget.ts';

/** What the page's own scripts can do with the widget. */
export interface PublicApi {
  /** Opens the panel; the text is put before the visitor to send. */
  open(draft?: string): void;
  close(): void;
  /** Takes the widget off the page and ends its connection. */
  remove(): void;
}

declare global {
  interface Window {
    ChatMesh?: PublicApi;
  }
}

const maxKnocks = 6;   // then the server is left alone until the next page

async function mayEnter(api: Api): Promise<boolean> {
  const backoff = new Backoff();
  for (let knock = 1; knock <= maxKnocks; knock += 1) {
    try {
      const allowed = await api.isAllowed();
      if (!allowed) console.warn(`ChatMesh: ${location.origin} is not among the company's allowed origins, or the key is wrong.`);
      return allowed;
    } catch {
      await new Promise(resolve => setTimeout(resolve, backoff.next()));
    }
  }
  console.warn(`ChatMesh: ${api.base} can't be reached.`);
  return false;
}

function start(options: Options): PublicApi {
  const api = new Api(options);
  const prefix = `chatmesh.${options.key}.`;
  const own = new Shelf(prefix, () => sessionStorage);
  let widget: Widget | null = null;
  let removed = false;
  let wanted: {draft: string | undefined} | null = null;
  let unwatch = (): void => {};
  const chat = new Chat(api, new Shelf(prefix, () => localStorage), own, () => widget?.update());
  void mayEnter(api).then(allowed => {
    if (!allowed || removed) return;
    widget = new Widget(chat, options, own);
    widget.mount();
    unwatch = watchPage(up => chat.want(up));
    void chat.start();
    if (wanted) widget.open(wanted.draft);
  });
  return {
    open(draft) {
      if (widget) widget.open(draft);
      else wanted = {draft};
    },
    close() {
      wanted = null;
      widget?.close();
    },
    remove() {
      removed = true;
      unwatch();
      chat.stop();
      widget?.unmount();
      delete window.ChatMesh;
    },
  };
}

function boot(script: HTMLScriptElement | null): void {
  if (!script || window.ChatMesh) return;   // one widget a page
  const options = readOptions(script, document.documentElement.lang);
  if (!options) return console.warn('ChatMesh: the script needs a src and data-key.');
  const begin = (): void => { window.ChatMesh ??= start(options); };
  if (document.body) begin();
  else document.addEventListener('DOMContentLoaded', begin, {once: true});
}

boot(document.currentScript as HTMLScriptElement | null ?? document.querySelector('script[data-key][src*="/widget.js"]'));
