/** The address, or null where the text is none. (`URL.parse` is not in the browsers of every visitor.) */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
