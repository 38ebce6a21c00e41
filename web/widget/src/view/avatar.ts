import type {Message} from '@chatmesh/client';

import {h} from './dom.ts';

/** Up to two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(word => /[\p{L}\p{N}]/u.test(word));
  const first = words[0] ?? '';
  const last = words.length > 1 ? words.at(-1)! : '';
  const letter = (word: string): string => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? '';
  return (letter(first) + letter(last)).toLocaleUpperCase();
}

/** The face of an author: the picture, or the letters where there is none or it can't be loaded. It says nothing. */
export function avatar(author: Message['author']): HTMLElement {
  const face = h('span', {class: 'avatar', 'aria-hidden': 'true'}, initials(author.name));
  if (author.avatar_url) {
    const picture = h('img', {alt: '', decoding: 'async', referrerpolicy: 'no-referrer'});
    picture.addEventListener('error', () => picture.remove());
    picture.src = author.avatar_url;
    face.append(picture);
  }
  return face;
}
