/** Whether the focus is nowhere, such as after what had it was hidden or taken away. */
export function isFocusLost(): boolean {
  const {activeElement, body} = document;
  return activeElement === null || activeElement === body || !activeElement.checkVisibility();
}
