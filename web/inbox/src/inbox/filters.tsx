import type {CustomerStatus} from '@chatmesh/client';
import type {JSX} from 'preact';

import {Button, IconButton, type IconName, Menu, type MenuItem, type MenuTrigger, Segmented} from '../ui/index.ts';
import type {Filter} from './filter.ts';

/** How each status is called and shown. */
export const statuses: Readonly<Record<CustomerStatus, {label: string; icon: IconName}>> = {
  open: {label: 'Open', icon: 'inbox'},
  snoozed: {label: 'Snoozed', icon: 'clock'},
  closed: {label: 'Closed', icon: 'check-circle'},
};

const whose = [
  {value: 'all', label: 'All'},
  {value: 'mine', label: 'Mine'},
  {value: 'unassigned', label: 'Unassigned'},
] as const;

// A picture alone while it leaves nothing out; with the word once it does.
function Narrowing({label, value, icon, attributes}: {
  label: string;
  value: string | null;
  icon: IconName;
  attributes: MenuTrigger;
}) {
  if (value === null) return <IconButton size="s" icon={icon} label={`${label}: any`} {...attributes} />;
  return (
    <Button size="s" kind="ghost" class="filter-on" icon={icon} {...attributes} aria-label={`${label}: ${value}`}>
      {value}
    </Button>
  );
}

/** What narrows the list: whose, in which state, with which tag. */
export function Filters({filter, tags, onChange}: {
  filter: Filter;
  tags: readonly string[];
  onChange(filter: Filter): void;
}): JSX.Element {
  const {status, tag} = filter;
  const statusItems: MenuItem[] = [
    {label: 'Any status', checked: status === null, onSelect: () => onChange({...filter, status: null})},
    ...(Object.keys(statuses) as CustomerStatus[]).map((value) => ({
      ...statuses[value], checked: status === value, onSelect: () => onChange({...filter, status: value}),
    })),
  ];
  const tagItems: MenuItem[] = [
    {label: 'Any tag', checked: tag === null, onSelect: () => onChange({...filter, tag: null})},
    ...tags.map((value) => ({
      label: <span dir="auto">{value}</span>, text: value, checked: tag === value,
      onSelect: () => onChange({...filter, tag: value}),
    })),
  ];
  return (
    <div class="filters" role="group" aria-label="Filters">
      <Segmented label="Whose conversations" choices={whose} value={filter.who}
        onChange={(who) => onChange({...filter, who})} />
      <Menu label="Status" items={statusItems} trigger={(attributes) => (
        <Narrowing label="Status" value={status && statuses[status].label} attributes={attributes}
          icon={status ? statuses[status].icon : 'filter'} />
      )} />
      {(tags.length > 0 || tag !== null) && (
        <Menu label="Tag" items={tagItems} trigger={(attributes) => (
          <Narrowing label="Tag" value={tag} icon="tag" attributes={attributes} />
        )} />
      )}
    </div>
  );
}
