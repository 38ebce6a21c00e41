/** A field that two people changed: what the other wrote, and what is in the form. */
export interface Difference {
  label: string;
  theirs: string;
  yours: string;
}

type Text = string | null | undefined;

/** Where the form's values differ from the present object; `labels` names the fields that there are. */
export function differences(labels: Readonly<Record<string, string>>, current: Readonly<Record<string, Text>>,
  form: Readonly<Record<string, Text>>): readonly Difference[] {
  return Object.entries(labels)
    .map(([name, label]) => ({label, theirs: current[name] ?? '', yours: form[name] ?? ''}))
    .filter(({theirs, yours}) => theirs !== yours);
}

/** The fields whose text is another than before; an emptied one that may be missing becomes null. */
export function changes(before: Readonly<Record<string, Text>>, form: Readonly<Record<string, Text>>,
  required: readonly string[]): Record<string, string | null> {
  const changed: Record<string, string | null> = {};
  for (const [name, text] of Object.entries(form)) {
    if ((before[name] ?? '') !== (text ?? '')) changed[name] = text || (required.includes(name) ? '' : null);
  }
  return changed;
}
