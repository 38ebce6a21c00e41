type Text = string | null | undefined;

/** The fields whose text is another than before; an emptied one that may be missing becomes null. */
export function changes(before: Readonly<Record<string, Text>>, form: Readonly<Record<string, Text>>,
  required: readonly string[]): Record<string, string | null> {
  const changed: Record<string, string | null> = {};
  for (const [name, text] of Object.entries(form)) {
    if ((before[name] ?? '') !== (text ?? '')) changed[name] = text || (required.includes(name) ? '' : null);
  }
  return changed;
}
