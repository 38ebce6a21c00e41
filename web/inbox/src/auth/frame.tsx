import './auth.css';

import type {ComponentChildren, JSX} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

import {Banner} from '../ui/small.tsx';

/** The page of someone who is not in a company yet: the sign, a heading, a form, ways to other such pages. */
export function AuthFrame({title, lead, fault, children, foot}: {
  title: string;
  lead?: ComponentChildren;
  fault?: string | null;
  children: ComponentChildren;
  foot?: ComponentChildren;
}): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ChatMesh`;
    // The first field has the focus; where there is none, the heading tells which page this is.
    const first = heading.current?.closest('main')?.querySelector('input');
    (first ?? heading.current)?.focus();
  }, [title]);
  return (
    <main class="auth">
      <div class="auth-card">
        <p class="auth-brand"><img src="/icon.svg" alt="" width="28" height="28" />ChatMesh</p>
        <header class="auth-head">
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {lead && <p class="quiet">{lead}</p>}
        </header>
        <div role="alert">{fault && <Banner tone="danger" icon="alert">{fault}</Banner>}</div>
        {children}
      </div>
      {foot && <div class="auth-foot quiet">{foot}</div>}
    </main>
  );
}
