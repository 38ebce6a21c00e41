/** Hears of the page's life, of its document's too; does nothing where there is no page. Returns: no more. */
export function watchPage(listeners: Record<string, () => void>): () => void {
  const abort = new AbortController();
  for (const [type, listener] of Object.entries(listeners)) {
    // The document's own events pass the window on their way down.
    globalThis.addEventListener?.(type, listener, {capture: true, signal: abort.signal});
  }
  return () => abort.abort();
}
