import './dialog.css';

import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useId, useRef} from 'preact/hooks';

import {Button, IconButton} from './button.tsx';

/** What a dialog needs. It is open as long as it is rendered. */
export interface DialogProps {
  title: string;
  onClose(): void;
  /** The buttons at its foot; the dialog's content goes in a form with `id`, which they submit by `form=`. */
  footer?: ComponentChildren;
  size?: 's' | 'm' | 'l';
  children: ComponentChildren;
}

// The focus begins where one goes on: in the first field, else on the first button of the foot; never on the cross.
function begin(dialog: HTMLDialogElement | null) {
  const first = dialog?.querySelector<HTMLElement>('.dialog-body :is([autofocus], input:checked)')
    ?? dialog?.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select):not(:disabled)')
    ?? dialog?.querySelector<HTMLElement>('.dialog-foot button');
  first?.focus();
}

/** A modal dialog: the browser keeps the focus inside, and gives it back to where it was. */
export function Dialog({title, onClose, footer, size = 'm', children}: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    begin(dialog.current);
    return () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); };
  }, []);
  return (
    <dialog ref={dialog} class={`dialog size-${size}`} aria-labelledby={heading}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => { if (event.target === dialog.current) onClose(); }}>
      <div class="dialog-frame">
        <div class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <IconButton icon="close" label="Close" size="s" onClick={onClose} />
        </div>
        <div class="dialog-body scroll">{children}</div>
        {footer && <div class="dialog-foot">{footer}</div>}
      </div>
    </dialog>
  );
}

/** Asks before something that can't be undone. `onConfirm` may take its time: the button shows it. */
export function ConfirmDialog({title, children, action, busy = false, onConfirm, onClose}: {
  title: string;
  action: string;
  busy?: boolean;
  children: ComponentChildren;
  onConfirm(): void;
  onClose(): void;
}): JSX.Element {
  return (
    <Dialog title={title} size="s" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={busy} onClick={onConfirm}>{action}</Button>
      </>
    )}>
      <div class="quiet">{children}</div>
    </Dialog>
  );
}
