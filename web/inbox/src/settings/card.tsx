import type {ComponentChildren, JSX} from 'preact';

/** One matter of the settings. */
export function Card({title, lead, action, children}: {
  title: string;
  lead?: ComponentChildren;
  action?: ComponentChildren;
  children?: ComponentChildren;
}): JSX.Element {
  return (
    <section class="card setting">
      <header class="page-head">
        <div>
          <h2>{title}</h2>
          {lead && <p class="quiet">{lead}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
