/** Hears of the page's life, of its document's too, until the signal; does nothing where there is no page. */
export function onPage(listeners: Record<string, () => void>, signal: AbortSignal): void {
  for (const [type, listener] of Object.entries(listeners)) {
    // The document's own events pass the window on their way down.
    globalThis.addEventListener?.(type, listener, {capture: true, signal});
  }
}
