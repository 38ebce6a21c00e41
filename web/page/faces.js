// How people and times look.

import {el} from './dom.js';

const tones = 8;

function toneOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % tones;
}

function initialsOf(name) {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0]).join('').toLocaleUpperCase();
}

// Where the picture of an avatar_url is. The demo's carry the address that the server had when it made them: on this
// machine, that is the server that sent this page, whatever it is called and listens on now.
export function pictureOf(url, origin) {
  const at = URL.canParse(url) ? new URL(url) : null;
  const own = at && ['localhost', '127.0.0.1', '[::1]'].includes(at.hostname) && at.pathname.startsWith('/avatars/');
  return own ? origin + at.pathname : url;
}

// A round picture of {id, name, avatar_url}: the avatar, or initials where there is none or it can't be loaded.
// `online`: true or false for a presence dot, null for none. Decorative: the name always stands beside it.
export function face(person, size = '', online = null) {
  const node = el('span', {class: `face ${size} tone-${toneOf(person.id)}`, 'aria-hidden': 'true'});
  if (person.avatar_url) {
    const image = el('img', {alt: '', loading: 'lazy', referrerpolicy: 'no-referrer'});
    image.onerror = () => image.replaceWith(initialsOf(person.name));
    image.src = pictureOf(person.avatar_url, location.origin);
    node.append(image);
  } else {
    node.append(initialsOf(person.name));
  }
  if (online !== null) node.append(el('span', {class: online ? 'dot on' : 'dot'}));
  return node;
}

// Puts a face into `place`, anew only where something to be seen differs.
export function showFace(place, person, size = '', online = null) {
  const look = [person.id, person.name, person.avatar_url, size, online].join('\n');
  if (place.dataset.look === look) return;
  place.dataset.look = look;
  place.replaceChildren(face(person, size, online));
}

const clock = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit'});
const clockSeconds = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const day = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short'});
const full = new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'short'});

// The time today, the day before that.
export function shortTime(iso) {
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? clock.format(at) : day.format(at);
}
export const exactTime = (iso) => clockSeconds.format(new Date(iso));
export const fullTime = (iso) => full.format(new Date(iso));
