const longRun = /\S{400}/u;

/**
 * Adds what text without spaces needs to a class: no kerning. With it, Chromium shapes the rest of the run again at
 * every line, which takes seconds where someone pasted a key or a picture's bytes.
 */
export function withRuns(name: string, text: string): string {
  return longRun.test(text) ? `${name} unbroken` : name;
}
