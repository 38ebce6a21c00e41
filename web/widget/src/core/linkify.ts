import {parseUrl} from './url.ts';

/** A piece of a message: plain text, or text with the address that it leads to. */
export interface Piece {
  text: string;
  href?: string;
}

const address = /\bhttps?:\/\/[^\s<>"'`]+/gi;

/** The end of a sentence or a bracket around an address is no part of it; a bracket that it opened itself is. */
function withoutTail(found: string): string {
  let end = found.length;
  for (; end > 0; end -= 1) {
    const last = found[end - 1]!;
    if (/[.,;:!?*_~…]/.test(last)) continue;
    const open = {')': '(', ']': '[', '}': '{'}[last];
    if (!open) break;
    const inside = found.slice(0, end);
    if (inside.split(open).length >= inside.split(last).length) break;
  }
  return found.slice(0, end);
}

/** Takes a message apart at its http and https addresses. The pieces together are the text, unchanged. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0]);
    const url = parseUrl(found);
    if (!url) continue;
    if (match.index > done) pieces.push({text: text.slice(done, match.index)});
    pieces.push({text: found, href: url.href});
    done = match.index + found.length;
  }
  if (done < text.length) pieces.push({text: text.slice(done)});
  return pieces;
}
