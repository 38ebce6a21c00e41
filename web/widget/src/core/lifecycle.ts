const hiddenForMs = 30_000;

/**
 * Tells whether this page should have a connection: it is online, and its visitor can see it. A hidden page gives its
 * connection up after a while, since browsers allow few to one server and nobody would see what came.
 */
export function watchPage(tell: (wanted: boolean) => void): () => void {
  const done = new AbortController();
  let gone = false;   // left, frozen, or in the cache of pages to go back to
  let timer: ReturnType<typeof setTimeout> | undefined;
  const judge = (): void => {
    clearTimeout(timer);
    if (gone || !navigator.onLine) return tell(false);
    if (document.visibilityState === 'visible') return tell(true);
    timer = setTimeout(() => tell(false), hiddenForMs);
  };
  const on = (target: EventTarget, type: string, action: () => void): void =>
    target.addEventListener(type, action, {signal: done.signal});
  const leave = (): void => { gone = true; judge(); };
  const comeBack = (): void => { gone = false; judge(); };
  on(window, 'pagehide', leave);
  on(document, 'freeze', leave);
  on(window, 'pageshow', comeBack);
  on(document, 'resume', comeBack);
  on(document, 'visibilitychange', judge);
  on(window, 'online', judge);
  on(window, 'offline', judge);
  judge();
  return () => {
    clearTimeout(timer);
    done.abort();
  };
}
