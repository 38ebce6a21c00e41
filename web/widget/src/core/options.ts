import {parseUrl} from './url.ts';

/** What the script element asks for. */
export interface Options {
  key: string;
  /** The server's origin: where the script came from. */
  server: string;
  name?: string;
  email?: string;
  side: 'left' | 'right';
  theme: 'auto' | 'light' | 'dark';
  color?: string;
  title?: string;
  greeting?: string;
  language: string;
}

/** The attributes of a script element, or a stand-in for it in tests. */
export interface Source {
  src: string;
  dataset: Readonly<Record<string, string | undefined>>;
}

const textOf = (value: string | undefined, limit: number): string | undefined =>
  value?.trim().slice(0, limit) || undefined;

/** Reads the attributes; null where there is no key or no address that the script came from. */
export function readOptions(script: Source, pageLanguage = ''): Options | null {
  const {dataset} = script;
  const key = dataset.key?.trim();
  const address = parseUrl(script.src);
  if (!key || !address) return null;
  return {
    key,
    server: address.origin,
    name: textOf(dataset.name, 200),
    email: textOf(dataset.email, 254),
    side: dataset.position === 'left' ? 'left' : 'right',
    theme: dataset.theme === 'light' || dataset.theme === 'dark' ? dataset.theme : 'auto',
    color: dataset.color && luminance(dataset.color) !== null ? dataset.color : undefined,
    title: textOf(dataset.title, 60),
    greeting: textOf(dataset.greeting, 500),
    language: dataset.language || pageLanguage || 'en',
  };
}

/** Relative luminance (WCAG 2.2) of `#rgb` or `#rrggbb`; null for anything else. */
export function luminance(color: string): number | null {
  const digits = /^#([\da-f]{3}|[\da-f]{6})$/i.exec(color)?.[1];
  if (!digits) return null;
  const full = digits.length === 3 ? digits.replace(/./g, '$&$&') : digits;
  const linear = [0, 2, 4].map(at => {
    const part = parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

/** Black or white: whichever stands out more on that colour. */
export const inkOn = (color: string): string => ((luminance(color) ?? 0) > 0.179 ? '#000' : '#fff');
