const hues = 10;

/** Up to two letters for a name: of the first and the last word. */
export function initials(name: string): string {
  const isLetter = (text: string) => /[\p{L}\p{N}]/u.test(text);
  const words = name.trim().split(/\s+/u).filter(isLetter);
  const first = (word: string | undefined) => [...(word ?? '')].find(isLetter) ?? '';
  return (first(words[0]) + (words.length > 1 ? first(words.at(-1)) : '')).toLocaleUpperCase() || '?';
}

/** One of the avatar colours, always the same for an id. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 65_521;
  return sum % hues;
}
