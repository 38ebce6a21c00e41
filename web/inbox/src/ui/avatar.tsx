import './avatar.css';

import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {hueOf, initials} from './initials.ts';

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
        : <span class="initials" data-initials={initials(person.name)} />}
      {online !== undefined && (
        <span class="presence" data-online={online}>
          <span class="visually-hidden">{online ? 'online' : 'offline'}</span>
        </span>
      )}
    </span>
  );
}
