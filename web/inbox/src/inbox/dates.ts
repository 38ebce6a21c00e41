const dayMs = 86_400_000;

const startOfDay = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

// Whole days from then to now by the calendar; a day with a change of the clock counts as one.
function daysBetween(then: Date, now: Date): number {
  return Math.round((startOfDay(now) - startOfDay(then)) / dayMs);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, locale: string | undefined, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) formats.set(key, made = new Intl.DateTimeFormat(locale, options));
  return made.format(date);
}

/** Hours and minutes. */
export function clockTime(time: string, locale?: string): string {
  return format(new Date(time), locale, {hour: 'numeric', minute: '2-digit'});
}

/** As short as it can be told when something was: for lists. */
export function shortTime(time: string, now = new Date(), locale?: string): string {
  const then = new Date(time);
  const days = daysBetween(then, now);
  if (days <= 0) return clockTime(time, locale);
  if (days === 1) return 'Yesterday';
  if (days < 7) return format(then, locale, {weekday: 'short'});
  if (then.getFullYear() === now.getFullYear()) return format(then, locale, {day: 'numeric', month: 'short'});
  return format(then, locale, {day: 'numeric', month: 'short', year: 'numeric'});
}

/** The day, as a heading over what happened on it. */
export function dayName(time: string, now = new Date(), locale?: string): string {
  const then = new Date(time);
  const days = daysBetween(then, now);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const year = then.getFullYear() === now.getFullYear() ? undefined : ('numeric' as const);
  return format(then, locale, {weekday: 'long', day: 'numeric', month: 'long', year});
}

/** Date and time in full, for tooltips and details. */
export function fullTime(time: string, locale?: string): string {
  return format(new Date(time), locale, {dateStyle: 'long', timeStyle: 'short'});
}

/** Whether two times are on one day of the calendar here. */
export function sameDay(a: string, b: string): boolean {
  return startOfDay(new Date(a)) === startOfDay(new Date(b));
}
