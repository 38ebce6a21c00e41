import {useRef, useState} from 'preact/hooks';

import {type Faults, explain, noFaults} from './faults.ts';

/** What a form shows of its state, and what it does when it is sent. */
export interface Form {
  /** What the last refusal said. */
  faults: Faults;
  /** True from sending to the answer; a second send meanwhile is ignored. */
  busy: boolean;
  onSubmit(event: Event): void;
}

/** The text of each of the form's controls, by name; an unchecked box is missing. */
export type Values = Readonly<Record<string, string>>;

/**
 * A form that sends its values with `send` and tells refusals beside the fields that they are about. `pointers` maps
 * JSON pointers of the request's body to names of fields. Files are not for this.
 */
export function useForm(pointers: Readonly<Record<string, string>>, send: (values: Values) => Promise<void>): Form {
  const {faults, busy, run} = useSending(pointers);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    void run(() => send(valuesOf(form))).then(({fields}) => {
      const first = [...form.elements].find((each) => (each.getAttribute('name') ?? '') in fields);
      if (first instanceof HTMLElement) first.focus();
    });
  };
  return {faults, busy, onSubmit};
}

/** One thing at a time that may be refused, such as a press of a button; `run` tells what the refusal said. */
export function useSending(pointers: Readonly<Record<string, string>> = {}): Omit<Form, 'onSubmit'> & {
  run(send: () => Promise<void>): Promise<Faults>;
} {
  const [faults, setFaults] = useState<Faults>(noFaults);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);
  const run = async (send: () => Promise<void>) => {
    if (sending.current) return noFaults;
    sending.current = true;
    setBusy(true);
    let told = noFaults;
    try {
      await send();
    } catch (thrown) {
      told = explain(thrown, pointers);
    } finally {
      sending.current = false;
      setBusy(false);
    }
    setFaults(told);
    return told;
  };
  return {faults, busy, run};
}

function valuesOf(form: HTMLFormElement): Values {
  const values: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') values[name] = value;
  return values;
}
