import {type Employee, type Id, request} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useCallback, useEffect, useId, useState} from 'preact/hooks';

import {explain} from '../auth/faults.ts';
import {useForm, useSending} from '../auth/form.ts';
import {FormAlert} from '../auth/form_alert.tsx';
import {type Role, mayManage, rolesToGrant} from '../team/rights.ts';
import {RoleOptions} from '../team/role_options.tsx';
import {roleWords} from '../team/role_words.ts';
import {CopyField} from '../ui/copy.tsx';
import {Banner, Button, ConfirmDialog, Dialog, Select, Spinner, Tag, TextField} from '../ui/index.ts';
import {Card} from './card.tsx';

interface Token {
  id: Id;
  name: string;
  role: Role;
  created_at: string;
  last_used_at: string | null;
}

const base = '/api/v1';
const most = 500;   // a page; a company with more looks after them by the API
const day = (time: string) => new Date(time).toLocaleDateString(undefined, {dateStyle: 'medium'});

type Open = {dialog: 'create'} | {dialog: 'revoke'; token: Token} | null;

/** Keys of programs: which there are, a new one, and the end of one. */
export function TokensSection({me}: {me: Employee}): JSX.Element {
  const path = `/companies/${me.company_id}/api_tokens`;
  const [tokens, setTokens] = useState<readonly Token[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const load = useCallback(async () => {
    try {
      setTokens((await request<{items: Token[]}>(base, 'GET', `${path}?limit=${most}`)).items);
      setFault(null);
    } catch (thrown) {
      setFault(explain(thrown, {}).form);
    }
  }, [path]);
  useEffect(() => { void load(); }, [load]);
  const close = () => { setOpen(null); void load(); };
  return (
    <Card title="API tokens" lead="With one, a program does what its role allows." action={rolesToGrant(me).length > 0
      && <Button icon="plus" onClick={() => setOpen({dialog: 'create'})}>New token</Button>}>
      {fault && (
        <Banner tone="danger" icon="alert" action={<Button size="s" onClick={() => void load()}>Again</Button>}>
          {fault}
        </Banner>
      )}
      {!tokens && !fault && <Spinner />}
      {tokens?.length === 0 && <p class="quiet">There is none yet.</p>}
      <ul>{tokens?.map((token) => (
        <li key={token.id} class="setting-row">
          <div>
            <p><strong dir="auto">{token.name}</strong> <Tag>{roleWords[token.role].name}</Tag></p>
            <p class="quiet small">
              Made {day(token.created_at)}, {token.last_used_at ? `last used ${day(token.last_used_at)}` : 'never used'}
            </p>
          </div>
          {mayManage(me, token.role) && (
            <Button size="s" aria-label={`Revoke ${token.name}`} onClick={() => setOpen({dialog: 'revoke', token})}>
              Revoke
            </Button>
          )}
        </li>
      ))}</ul>
      {open?.dialog === 'create' && <CreateDialog me={me} path={path} onClose={close} />}
      {open?.dialog === 'revoke' && <RevokeDialog token={open.token} path={path} onClose={close} />}
    </Card>
  );
}

function CreateDialog({me, path, onClose}: {me: Employee; path: string; onClose(): void}) {
  const id = useId();
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm({'/name': 'name', '/role': 'role'}, async ({name, role}) => {
    setSecret((await request<Token & {token: string}>(base, 'POST', path, {name, role})).token);
  });
  if (secret) {
    return (
      <Dialog title="The new token" onClose={onClose} footer={<Button kind="primary" onClick={onClose}>Done</Button>}>
        <CopyField label="Token" value={secret} hint="Shown this once. Keep it like a password." />
      </Dialog>
    );
  }
  return (
    <Dialog title="New API token" size="s" onClose={onClose} footer={(
      <>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={id} kind="primary" busy={form.busy}>Make it</Button>
      </>
    )}>
      <form id={id} class="form" noValidate onSubmit={form.onSubmit}>
        <FormAlert faults={form.faults} />
        <TextField label="Name" name="name" autoComplete="off" required hint="What it is for"
          error={form.faults.fields.name} />
        <Select label="Role" name="role" error={form.faults.fields.role}>
          <RoleOptions roles={rolesToGrant(me)} />
        </Select>
      </form>
    </Dialog>
  );
}

function RevokeDialog({token, path, onClose}: {token: Token; path: string; onClose(): void}) {
  const {faults, busy, run} = useSending();
  const revoke = () => void run(async () => {
    await request(base, 'DELETE', `${path}/${token.id}`);
    onClose();
  });
  return (
    <ConfirmDialog title={`Revoke ${token.name}?`} action="Revoke" busy={busy} onConfirm={revoke} onClose={onClose}>
      <FormAlert faults={faults} />
      <p>What uses it is locked out at once.</p>
    </ConfirmDialog>
  );
}
