import './button.css';

import type {ComponentChildren, JSX, Ref} from 'preact';

import {Icon, type IconName} from './icon.tsx';

type Native = Omit<JSX.IntrinsicElements['button'], 'icon' | 'size' | 'class' | 'label' | 'ref'>;

/** `busy` keeps the width and the focus while something is under way, and refuses further presses. */
export interface ButtonProps extends Native {
  kind?: 'primary' | 'secondary' | 'ghost' | 'danger';
  size?: 'm' | 's';
  icon?: IconName;
  busy?: boolean;
  class?: string;
  buttonRef?: Ref<HTMLButtonElement>;
  children?: ComponentChildren;
}

const classes = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(' ');

/** A button with words. */
export function Button(props: ButtonProps): JSX.Element {
  const {
    kind = 'secondary', size = 'm', icon, busy = false, class: extra, buttonRef, children, onClick, ...rest
  } = props;
  return (
    <button type="button" {...rest} ref={buttonRef}
      class={classes('button', kind, size === 's' && 'small-button', extra)}
      aria-busy={busy} aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}>
      {busy ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} size={size === 's' ? 16 : 18} />}
      {children !== undefined && <span class="ellipsis">{children}</span>}
    </button>
  );
}

/** A button that is a picture alone; `label` is its name and its tooltip. */
export interface IconButtonProps extends Omit<Native, 'children'> {
  icon: IconName;
  label: string;
  size?: 'm' | 's';
  pressed?: boolean;
  class?: string;
  buttonRef?: Ref<HTMLButtonElement>;
}

/** A square button for tool bars and rows. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const {icon, label, size = 'm', pressed, class: extra, buttonRef, ...rest} = props;
  return (
    <button type="button" title={label} {...rest} ref={buttonRef} aria-label={label} aria-pressed={pressed}
      class={classes('icon-button', size === 's' && 'small-button', extra)}>
      <Icon name={icon} size={size === 's' ? 16 : 18} />
    </button>
  );
}
