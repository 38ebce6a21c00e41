const most = 200;
const prefix = 'chatmesh-draft-';

const guarded = <T>(run: () => T, otherwise: T): T => {
  try {
    return run();
  } catch {
    return otherwise;   // storage may be forbidden or full
  }
};

/** What was typed for a customer and not sent; kept for this tab. */
export function draftOf(key: string): string {
  return guarded(() => sessionStorage.getItem(prefix + key) ?? '', '');
}

/** Puts a text that did not get there before what was typed since; returns both. */
export function giveBack(key: string, text: string): string {
  const both = [text, draftOf(key)].filter(Boolean).join('\n');
  keepDraft(key, both);
  return both;
}

/** Keeps what is typed; empty forgets it. */
export function keepDraft(key: string, text: string): void {
  guarded(() => {
    if (text === '') return sessionStorage.removeItem(prefix + key);
    const known = sessionStorage.getItem(prefix + key) !== null;
    if (known || sessionStorage.length < most) sessionStorage.setItem(prefix + key, text);
  }, undefined);
}
