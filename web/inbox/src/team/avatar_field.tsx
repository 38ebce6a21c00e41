import './avatar_field.css';

import {ApiError, type Employee, request} from '@chatmesh/client';
import type {JSX} from 'preact';
import {useId, useRef} from 'preact/hooks';

import {useSending} from '../auth/form.ts';
import {Avatar} from '../ui/avatar.tsx';
import {Button} from '../ui/button.tsx';

const types = ['image/png', 'image/jpeg', 'image/webp'];
const maxBytes = 1024 * 1024;

const unfit = (detail: string) => new ApiError(422, 'unfit', {detail});

async function send(employee: Employee, method: 'PUT' | 'DELETE', file?: File): Promise<void> {
  try {
    const path = `/companies/${employee.company_id}/employees/${employee.id}/avatar`;
    await request<Employee>('/api/v1', method, path, file);
  } catch (thrown) {
    if (!(thrown instanceof ApiError && (thrown.status === 422 || thrown.status === 415))) throw thrown;
    throw unfit('This picture can’t be read. Take a PNG, JPEG or WebP of at most 4096 pixels a side.');
  }
}

/** Someone's picture with buttons to change it. It is saved at once, and comes back by the stream as every change does. */
export function AvatarField({employee}: {employee: Employee}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const {faults, busy, run} = useSending();
  const put = (file: File) => run(async () => {
    if (!types.includes(file.type)) throw unfit('Take a PNG, JPEG or WebP picture.');
    if (file.size > maxBytes) throw unfit('This picture is larger than 1 MiB.');
    await send(employee, 'PUT', file);
  });
  const remove = () => run(() => send(employee, 'DELETE'));
  return (
    <div class="avatar-field">
      <Avatar person={employee} size="xl" />
      <div>
        <input ref={input} type="file" accept={types.join(',')} hidden aria-label="Picture" onChange={() => {
          const file = input.current?.files?.[0];
          if (file) void put(file);
          if (input.current) input.current.value = '';   // the same file may be chosen again
        }} />
        <Button icon="upload" size="s" busy={busy} aria-describedby={hint} onClick={() => input.current?.click()}>
          {employee.avatar_url ? 'Change picture' : 'Upload a picture'}
        </Button>{' '}
        {employee.avatar_url && <Button kind="ghost" size="s" onClick={() => void remove()}>Remove</Button>}
        <p class="field-hint" id={hint}>PNG, JPEG or WebP, at most 1 MiB</p>
        <p class="field-error" role="alert">{faults.form}</p>
      </div>
    </div>
  );
}
