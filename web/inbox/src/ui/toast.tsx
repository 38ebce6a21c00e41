import './toast.css';

import {signal} from '@preact/signals';
import type {JSX} from 'preact';

import {Button, IconButton} from './button.tsx';
import {Icon} from './icon.tsx';

interface Toast {
  id: number;
  tone: 'plain' | 'danger';
  text: string;
  action?: {label: string; run(): void};
}

const shownMs = 6_000;
const most = 3;
const toasts = signal<readonly Toast[]>([]);
let count = 0;

/** Takes a message away before its time. */
function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Tells something in passing; a fault stays until it is closed. Never the only place of something that matters. */
export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): number {
  const entry: Toast = {id: ++count, tone: 'plain', text, ...options};
  toasts.value = [...toasts.value, entry].slice(-most);
  if (entry.tone === 'plain') setTimeout(() => dismiss(entry.id), shownMs);
  return entry.id;
}

/** Where they appear; rendered once. */
export function ToastRegion(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({id, tone, text, action}) => (
        <div key={id} class="toast" data-tone={tone}>
          <Icon name={tone === 'danger' ? 'alert' : 'check-circle'} />
          <p>{text}</p>
          {action && (
            <Button size="s" kind="ghost" onClick={() => { dismiss(id); action.run(); }}>{action.label}</Button>
          )}
          <IconButton icon="close" label="Dismiss" size="s" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
