// What every view has to keep, whatever it shows.
import {readFile} from 'node:fs/promises';
import {createRequire} from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// axe's violations in the page as it is now, each as one line.
export async function violations(page) {
  // Not by a script element: the page's content security policy does not let one in.
  await page.evaluate(`if (!window.axe) { ${axe} }`);
  const found = await page.evaluate(async (tags) => {
    const {violations} = await window.axe.run(document, {runOnly: tags, resultTypes: ['violations']});
    return violations.flatMap(({id, nodes}) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
  }, rules);
  return found;
}

// What sticks out at the side, of the page or of a part that scrolls up and down.
export function overflow(page) {
  return page.evaluate(() => {
    const scrolls = (each) => ['auto', 'scroll', 'hidden'].includes(getComputedStyle(each).overflowY);
    const parts = [...document.querySelectorAll('main, main *, dialog *')]
      .filter((each) => scrolls(each) && each.clientHeight > 150 && !each.matches('textarea'));
    return [document.documentElement, ...parts]
      .filter((each) => each.scrollWidth > each.clientWidth + 1)
      .map((each) => `${each.localName}.${each.className}: ${each.scrollWidth} in ${each.clientWidth}`);
  });
}

// Controls smaller than 24 by 24 pixels (WCAG 2.5.8), links within text aside.
export function smallTargets(page) {
  const controls = 'button, input:not([type=hidden]), select, textarea, [role=button], [role=tab], [role=option], nav a';
  return page.$$eval(controls, (nodes) => nodes.filter((node) => node.checkVisibility())
      .map((node) => [node, node.closest('label')?.getBoundingClientRect() ?? node.getBoundingClientRect()])
      .filter(([, {width, height}]) => width > 0 && (width < 24 || height < 24))
      .map(([node, {width, height}]) => `${node.outerHTML.slice(0, 120)} ${width}×${height}`));
}
