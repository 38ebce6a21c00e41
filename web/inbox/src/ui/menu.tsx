import './menu.css';

import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useId, useLayoutEffect, useRef, useState} from 'preact/hooks';

import {Icon, type IconName} from './icon.tsx';

/** One line of a menu. `checked` makes it a choice. */
export interface MenuItem {
  label: ComponentChildren;
  /** What typing letters finds it by, where the label is not plain text. */
  text?: string;
  icon?: IconName;
  lead?: ComponentChildren;
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  separated?: boolean;
  onSelect(): void;
}

/** What a menu's button gets. */
export interface MenuTrigger {
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  'aria-controls': string | undefined;
  onClick(event: MouseEvent): void;
  onKeyDown(event: KeyboardEvent): void;
}

const textOf = (item: MenuItem) => item.text ?? (typeof item.label === 'string' ? item.label : '');

// Beside the button, on the side with room, inside the window.
function place(menu: HTMLElement, anchor: HTMLElement, end: boolean) {
  const box = anchor.getBoundingClientRect();
  const {offsetWidth: width, offsetHeight: height} = menu;
  const left = end ? box.right - width : box.left;
  const below = box.bottom + 4 + height <= innerHeight - 8 || box.top < height + 12;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  const top = below ? Math.min(box.bottom + 4, innerHeight - height - 8) : box.top - 4 - height;
  menu.style.top = `${Math.max(8, top)}px`;
}

function List({id, items, label, anchor, end, last, onClose}: {
  id: string;
  items: readonly MenuItem[];
  label: string;
  anchor: HTMLElement;
  end: boolean;
  last: boolean;
  onClose(refocus: boolean): void;
}) {
  const menu = useRef<HTMLDivElement>(null);
  const buttons = () => [...menu.current!.querySelectorAll<HTMLElement>('[role^=menuitem]:not([aria-disabled=true])')];
  useLayoutEffect(() => {
    menu.current!.showPopover();
    place(menu.current!, anchor, end);
    const all = buttons();
    (all.find((each) => each.getAttribute('aria-checked') === 'true') ?? all.at(last ? -1 : 0))?.focus();
  }, []);
  useEffect(() => {
    const outside = (event: Event) => {
      const target = event.target as Node;
      if (!menu.current?.contains(target) && !anchor.contains(target)) onClose(false);
    };
    const gone = () => onClose(false);
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', gone);
    window.addEventListener('hashchange', gone);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', gone);
      window.removeEventListener('hashchange', gone);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1}[event.key];
    event.stopPropagation();
    if (to !== undefined) all.at(to % all.length)?.focus();
    else if (event.key === 'Escape') onClose(true);
    else if (event.key === 'Tab') return onClose(true);
    else if (/^\S$/u.test(event.key) && !event.ctrlKey && !event.metaKey) {
      const wanted = event.key.toLocaleLowerCase();
      [...all.slice(at + 1), ...all].find((each) => each.dataset.text?.startsWith(wanted))?.focus();
      return;
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={menu} id={id} class="menu scroll" popover="manual" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {items.map((item, index) => (
        <button key={index} type="button" role={item.checked === undefined ? 'menuitem' : 'menuitemradio'} tabIndex={-1}
          class={`menu-item${item.danger ? ' danger' : ''}${item.separated ? ' separated' : ''}`}
          aria-checked={item.checked} aria-disabled={item.disabled || undefined}
          data-text={textOf(item).toLocaleLowerCase()}
          onClick={() => { if (!item.disabled) { onClose(true); item.onSelect(); } }}>
          {item.lead ?? (item.icon && <Icon name={item.icon} size={16} />)}
          <span class="menu-label">{item.label}</span>
          {item.checked && <Icon name="check" size={16} />}
        </button>
      ))}
    </div>
  );
}

/** A button that opens a list of actions or choices. `trigger` draws the button with the attributes it is given. */
export function Menu({items, label, align = 'start', trigger}: {
  items: readonly MenuItem[];
  label: string;
  align?: 'start' | 'end';
  trigger(attributes: MenuTrigger): ComponentChildren;
}): JSX.Element {
  const [open, setOpen] = useState<'first' | 'last' | null>(null);
  const anchor = useRef<HTMLSpanElement>(null);
  const id = useId();
  const button = () => anchor.current?.querySelector<HTMLElement>('button') ?? null;
  const close = (refocus: boolean) => {
    setOpen(null);
    if (refocus) button()?.focus();
  };
  return (
    <span class="menu-anchor" ref={anchor}>
      {trigger({
        'aria-haspopup': 'menu',
        'aria-expanded': open !== null,
        'aria-controls': open ? id : undefined,
        onClick: () => setOpen(open ? null : 'first'),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          event.stopPropagation();
          setOpen(event.key === 'ArrowUp' ? 'last' : 'first');
        },
      })}
      {open && <List id={id} items={items} label={label} anchor={button() ?? anchor.current!} end={align === 'end'}
        last={open === 'last'} onClose={close} />}
    </span>
  );
}
