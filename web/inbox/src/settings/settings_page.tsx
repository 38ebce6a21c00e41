import './settings.css';

import type {Client} from '@chatmesh/client';
import type {JSX} from 'preact';

import {type SettingsSection, navigate} from '../router.ts';
import {isAdmin} from '../team/rights.ts';
import {useStoreKeys} from '../watch.ts';
import {type Choice, TabPanel, Tabs} from '../ui/index.ts';
import {type AccountActions, AccountSection} from './account_section.tsx';
import {AuditSection} from './audit_section.tsx';
import {CompanySection} from './company_section.tsx';
import {TokensSection} from './tokens_section.tsx';
import {WidgetSection} from './widget_section.tsx';

const keys = ['company', 'employee'];

/** The company's settings, and what is one's own. Who may not change something sees it all the same. */
export function SettingsPage({client, section: wanted, onCreated, onLogOut}: AccountActions & {
  client: Client;
  section?: SettingsSection;
}): JSX.Element {
  useStoreKeys(client.store, keys);
  const {me, company} = client.store;
  if (!me || !company) return <main class="page" />;
  const choices: Choice<SettingsSection>[] = [
    {value: 'company', label: 'Company'}, {value: 'widget', label: 'Widget'}, {value: 'tokens', label: 'API tokens'},
    ...(isAdmin(me) ? [{value: 'audit' as const, label: 'Audit trail'}] : []),
    {value: 'account', label: 'Your account'},
  ];
  const section = choices.find(({value}) => value === wanted)?.value ?? 'company';
  return (
    <main class="page scroll">
      <div class="page-width">
        <header class="page-head"><h1>Settings</h1></header>
        <Tabs id="settings" label="Settings" choices={choices} value={section} 
          onChange={(next) => navigate({view: 'settings', company: company.id, section: next}, {replace: true})} />
        <TabPanel id="settings" value={section} class="settings-panel">
          {section === 'company' && <CompanySection client={client} me={me} company={company} />}
          {section === 'widget' && <WidgetSection client={client} me={me} company={company} />}
          {section === 'tokens' && <TokensSection me={me} />}
          {section === 'audit' && <AuditSection me={me} />}
          {section === 'account' && <AccountSection client={client} me={me} onCreated={onCreated} onLogOut={onLogOut} />}
        </TabPanel>
      </div>
    </main>
  );
}
