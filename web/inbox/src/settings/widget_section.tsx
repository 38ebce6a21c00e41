import type {Client, Company, Employee} from '@chatmesh/client';
import type {JSX} from 'preact';

import {isAdmin} from '../team/rights.ts';
import {CopyField} from '../ui/copy.tsx';
import {Card} from './card.tsx';
import {CompanyForm} from './company_form.tsx';

/** How the widget comes onto the customer's site. */
export function WidgetSection({client, me, company}: {client: Client; me: Employee; company: Company}): JSX.Element {
  const snippet = `<script src="${location.origin}/widget.js" data-key="${company.widget_key}" async></script>`;
  return (
    <>
      <Card title="Put it on your site" lead={<>Paste this before the end of each page’s body. <a
        href={`/demo?key=${encodeURIComponent(company.widget_key)}`} target="_blank" rel="noopener">See it on a page</a></>}>
        <CopyField label="Snippet" value={snippet} lines={4} />
        <CopyField label="Widget key" value={company.widget_key} hint="It names your company and is no secret." />
      </Card>
      <Card title="Where it works" lead="A browser shows the widget on these sites only.">
        <CompanyForm client={client} company={company} field="widget_origins" disabled={!isAdmin(me)}
          hint="One origin a line, such as https://www.example.com" />
      </Card>
    </>
  );
}
