type Attributes = Record<string, string | number | boolean | null>;

/** Makes an element. Attributes that are false or null are left out; text children are text, never markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/** Sets attributes, or removes those that are false or null. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

const svgSpace = 'http://www.w3.org/2000/svg';

/** An icon of lines on a grid of 24; it says nothing to a screen reader. */
export function icon(...paths: string[]): SVGSVGElement {
  const svg = document.createElementNS(svgSpace, 'svg');
  setAttributes(svg, {viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false'});
  for (const d of paths) {
    const path = document.createElementNS(svgSpace, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** Sets the text only where it differs, so that a live region is not read again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
