import './avatar.css';

import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

const hues = 10;

/** Up to two letters for a name: of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word: string | undefined) => word ? [...word].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '' : '';
  return (first(words[0]) + (words.length > 1 ? first(words.at(-1)) : '')).toLocaleUpperCase() || '?';
}

/** One of the avatar colours, always the same for an id. */
export function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 65_521;
  return sum % hues;
}

/** Someone's picture, or their initials. `online` adds the dot; the name beside it tells the rest. */
export function Avatar({person, size = 'm', online}: {
  person: {id: string; name: string; avatar_url?: string | null};
  size?: 'xs' | 's' | 'm' | 'l' | 'xl';
  online?: boolean;
}): JSX.Element {
  const [broken, setBroken] = useState<string | null>(null);
  const url = person.avatar_url;
  return (
    <span class={`avatar avatar-${size}`} data-hue={hueOf(person.id)}>
      {url && broken !== url
        ? <img src={url} alt="" loading="lazy" decoding="async" onError={() => setBroken(url)} />
        : <span aria-hidden="true">{initials(person.name)}</span>}
      {online !== undefined && (
        <span class="presence" data-online={online}>
          <span class="visually-hidden">{online ? 'online' : 'offline'}</span>
        </span>
      )}
    </span>
  );
}
