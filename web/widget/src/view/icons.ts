import {icon} from './dom.ts';

/** Two speech bubbles, one behind the other. */
export const chatIcon = (): SVGSVGElement => icon(
  'M3.5 6.3A2.8 2.8 0 0 1 6.3 3.5h7.4a2.8 2.8 0 0 1 2.8 2.8v4.2a2.8 2.8 0 0 1-2.8 2.8H9.2L5.4 16.2v-3.1a2.8 2.8 0 0 1-1.9-2.6z',
  'M20 9.2a2.8 2.8 0 0 1 .8 2v4.1a2.8 2.8 0 0 1-1.7 2.6v3l-3.6-2.9h-3.7a2.8 2.8 0 0 1-1.7-.6',
);

/** Downwards: the panel folds into the bubble. */
export const foldIcon = (): SVGSVGElement => icon('M6 9.5l6 6 6-6');

export const closeIcon = (): SVGSVGElement => icon('M6.5 6.5l11 11M17.5 6.5l-11 11');

export const sendIcon = (): SVGSVGElement => icon('M12 19V5.5M6 11.5l6-6 6 6');
