import './small.css';

import type {ComponentChildren, JSX} from 'preact';

import {IconButton} from './button.tsx';
import {Icon, type IconName} from './icon.tsx';

/** A word or two on a coloured ground; with `onRemove`, one that can be taken away. */
export function Tag({tone = 'plain', children, onRemove, removeLabel}: {
  tone?: 'plain' | 'accent' | 'good' | 'warning' | 'danger' | 'info';
  children: ComponentChildren;
  onRemove?: () => void;
  removeLabel?: string;
}): JSX.Element {
  return (
    <span class={`tag tone-${tone}`}>
      <span class="ellipsis" dir="auto">{children}</span>
      {onRemove && (
        <IconButton icon="close" label={removeLabel ?? 'Remove'} size="s" class="tag-remove" onClick={onRemove} />
      )}
    </span>
  );
}

/** Says that something is under way; appears only after a moment, so that quick answers don't flicker. */
export function Spinner({label = 'Loading'}: {label?: string}): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="visually-hidden">{label}</span>
    </div>
  );
}

/** What stands where there is nothing (yet), and the way on. */
export function EmptyState({icon, title, page = false, children, action}: {
  icon: IconName;
  title: string;
  /** It is all that the page shows. */
  page?: boolean;
  children?: ComponentChildren;
  action?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <span class="empty-icon"><Icon name={icon} size={26} /></span>
      {page ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children && <p class="quiet">{children}</p>}
      {action}
    </div>
  );
}

/** A line across a view: something that the reader should know now. */
export function Banner({tone = 'info', icon = 'info', children, action}: {
  tone?: 'info' | 'warning' | 'danger';
  icon?: IconName;
  children: ComponentChildren;
  action?: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`banner tone-${tone}`}>
      <Icon name={icon} />
      <div class="banner-text">{children}</div>
      {action}
    </div>
  );
}
