import type {CustomerStatus} from '@chatmesh/client';
import type {JSX} from 'preact';

import {Button, type IconName, Menu, type MenuItem, Segmented} from '../ui/index.ts';
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
      <Segmented label="Whose conversations" choices={whose} value={filter.who} onChange={(who) => onChange({...filter, who})} />
      <Menu label="Status" items={statusItems} trigger={(attributes) => (
        <Button size="s" kind="ghost" class={status ? 'filter-on' : ''} icon={status ? statuses[status].icon : 'filter'}
          {...attributes} aria-label={`Status: ${status ? statuses[status].label : 'any'}`}>
          {status ? statuses[status].label : 'Status'}
        </Button>
      )} />
      {(tags.length > 0 || tag !== null) && (
        <Menu label="Tag" items={tagItems} trigger={(attributes) => (
          <Button size="s" kind="ghost" class={tag === null ? '' : 'filter-on'} icon="tag" {...attributes}
            aria-label={`Tag: ${tag ?? 'any'}`}>
            {tag ?? 'Tag'}
          </Button>
        )} />
      )}
    </div>
  );
}
