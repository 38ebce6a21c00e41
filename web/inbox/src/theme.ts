import {effect, signal} from '@preact/signals';

/** `auto` follows the system. */
export type Theme = 'auto' | 'light' | 'dark';

const key = 'chatmesh-theme';

function stored(): Theme {
  try {
    const value = localStorage.getItem(key);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto';   // storage may be forbidden
  }
}

/** The chosen scheme, kept in this browser. */
export const theme = signal<Theme>(stored());

/** Applies the choice now and whenever it changes. */
export function followTheme(): void {
  effect(() => {
    const {value} = theme;
    if (value === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    try {
      if (value === 'auto') localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // it holds for this page then
    }
  });
}
