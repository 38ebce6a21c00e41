import {useEffect, useState} from 'preact/hooks';

/** How many columns a conversation has: messages alone with tabs, messages beside one column, or beside two. */
export type Panes = 'one' | 'two' | 'three';

const two = '(min-width: 1040px)';
const three = '(min-width: 1560px)';

function measure(): Panes {
  if (matchMedia(three).matches) return 'three';
  return matchMedia(two).matches ? 'two' : 'one';
}

/** What the window has room for, followed. */
export function usePanes(): Panes {
  const [panes, setPanes] = useState<Panes>(measure);
  useEffect(() => {
    const queries = [matchMedia(two), matchMedia(three)];
    const change = () => setPanes(measure());
    for (const each of queries) each.addEventListener('change', change);
    return () => { for (const each of queries) each.removeEventListener('change', change); };
  }, []);
  return panes;
}
