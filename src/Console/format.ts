import { signal } from '@preact/signals';
import { language } from './messages/language';

/** The time zone in which times are shown, as IANA names it. */
export const ownZone = signal(Intl.DateTimeFormat().resolvedOptions().timeZone);
export const inUtc = signal(false);

export const zone = (): string => inUtc.value ? 'UTC' : ownZone.value;

const kept = new Map<string, unknown>();

// Making a format takes up to a quarter of a millisecond, and a list has hundreds of times.
function keep<F, O>(Format: new (locale: string, options: O) => F, options: O, locale = language.value): F {
  const key = `${Format.name} ${locale} ${JSON.stringify(options)}`;
  if (!kept.has(key)) kept.set(key, new Format(locale, options));
  return kept.get(key) as F;
}

const dates = (options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat =>
  keep(Intl.DateTimeFormat, { timeZone: zone(), ...options }, locale);
const numbers = (options: Intl.NumberFormatOptions): Intl.NumberFormat => keep(Intl.NumberFormat, options);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const number = (value: number): string => numbers({}).format(value);

/** "one, two and three". */
export const list = (items: readonly string[]): string =>
  keep(Intl.ListFormat, { type: 'conjunction' } as const).format(items);

export const percent = (share: number): string =>
  numbers({ style: 'percent', maximumFractionDigits: 0 }).format(share);

/** "09:41:07". */
export const clock = (time: number): string => dates({ timeStyle: 'medium' }).format(time);

/** "28 Nov 2026, 09:41:07". */
export const full = (time: number): string => dates({ dateStyle: 'medium', timeStyle: 'medium' }).format(time);

/** "2 minutes ago", "today, 09:12", "yesterday, 17:40", "12 May, 17:40": as a person would say it at `now`. */
export function spoken(time: number, now: number): string {
  const ago = now - time;
  const relative = keep(Intl.RelativeTimeFormat, { numeric: 'auto' } as const);
  if (ago >= 0 && ago < minute) return relative.format(-Math.round(ago / 1000), 'second');
  if (ago >= 0 && ago < hour) return relative.format(-Math.round(ago / minute), 'minute');
  const at = dates({ timeStyle: 'short' }).format(time);
  const days = dayOf(time) - dayOf(now);
  if (Math.abs(days) <= 1) return `${relative.format(days, 'day')}, ${at}`;
  const isLongAgo = Math.abs(ago) > 300 * day;
  return dates({
    day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', ...(isLongAgo ? { year: 'numeric' } : {}),
  }).format(time);
}

// The number of the day in the zone, to tell today from yesterday.
function dayOf(time: number): number {
  return Date.parse(dates({}, 'en-CA').format(time)) / day;
}

/** "2026-11-28T09:41": what the clocks of the zone show. */
export const onClock = (time: number): string => new Date(time + ahead(time)).toISOString().slice(0, 16);

/** When the clocks of the zone show it: the other way round. Of two such times, `pick` has the choice. */
export function timeOnClock(shown: string, pick: (...times: number[]) => number): number {
  const asUtc = Date.parse(`${shown}Z`);
  // Around a change of the clocks, they are ahead by more or less a day before than a day after.
  const times = [-day, day].map(away => asUtc - ahead(asUtc + away));
  const right = times.filter(time => onClock(time) === shown);
  return pick(...(right.length > 0 ? right : times));
}

// How far the clocks of the zone are ahead of UTC, in milliseconds: "GMT+01:00", or "GMT" alone.
function ahead(time: number): number {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(
    dates({ timeZoneName: 'longOffset' }, 'en').format(time))!;
  return sign ? Number(`${sign}1`) * (Number(hours) * hour + Number(minutes) * minute) : 0;
}

/** "141 ms", "0.2 s". */
export function duration(milliseconds: number): string {
  const inSeconds = milliseconds >= 1000;
  return numbers({
    style: 'unit',
    unit: inSeconds ? 'second' : 'millisecond',
    maximumFractionDigits: inSeconds ? 1 : 0,
  }).format(inSeconds ? milliseconds / 1000 : milliseconds);
}

/** "37 sec", "4 min", "2 hr": a wait, in its largest unit. */
export function wait(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  const [value, unit] = seconds < 120 ? [seconds, 'second'] : seconds < 7200
    ? [Math.round(seconds / 60), 'minute'] : [Math.round(seconds / 3600), 'hour'];
  return numbers({ style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** "0:37": a countdown. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "hooks.zapier.com/…/abcd": enough of a URL to know it by, and not what gives it away. */
export function shortUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed) return url;
  const parts = parsed.pathname.split('/').filter(Boolean);
  const path = parts.length > 1 ? `/…/${parts.at(-1)!.slice(-8)}` : parsed.pathname === '/' ? '' : parsed.pathname;
  return `${parsed.host}${path.length > 24 ? `/…${path.slice(-8)}` : path}`;
}
