export interface PageHooks {
  /** The page stops running for a while, or ends. */
  suspend(): void;
  /** It runs again. */
  resume(): void;
  /** The network may be back, or somebody looks at the page again. */
  retry(): void;
  /** The network is gone. */
  offline(): void;
}

/** Follows the page's life; does nothing where there is no page. Returns: no more. */
export function watchPage(hooks: PageHooks): () => void {
  const page = globalThis.document;
  const abort = new AbortController();
  const on = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, {signal: abort.signal});
  if (page) {
    on(globalThis.window, 'online', hooks.retry);
    on(globalThis.window, 'offline', hooks.offline);
    on(globalThis.window, 'pagehide', hooks.suspend);
    on(globalThis.window, 'pageshow', event => { if ((event as PageTransitionEvent).persisted) hooks.resume(); });
    on(page, 'freeze', hooks.suspend);
    on(page, 'resume', hooks.resume);
    on(page, 'visibilitychange', () => { if (!page.hidden) hooks.retry(); });
  }
  return () => abort.abort();
}
