import { useNow } from '../clock';
import { clock, countdown, full, inUtc, ownZone, spoken } from '../format';
import { t } from '../messages/language';

/** A moment as a person would say it; the exact one as its title. */
function Time({ at }: { at: string | number }) {
  const time = typeof at === 'number' ? at : Date.parse(at);
  const now = useNow(15_000);
  const iso = new Date(time).toISOString();
  return <time dateTime={iso} title={`UTC ${iso}`}>{spoken(time, now)}</time>;
}

/** A sentence with a moment in it. */
export function At({ text, at }: { text: (when: string) => string; at: string | number }) {
  const [before, after] = text('\0').split('\0');
  return <>{before}<Time at={at} />{after} </>;
}

/** A moment of the last half day by the clock, else with its date; to the second, if that is wanted. */
export function Clock({ at, exact }: { at: string; exact?: boolean }) {
  const time = Date.parse(at);
  const now = useNow(60_000);
  const iso = new Date(time).toISOString();
  return (
    <time dateTime={iso} title={`UTC ${iso}`}>
      {now - time < 43_200_000 ? clock(time) : exact ? full(time) : spoken(time, now)}
    </time>
  );
}

/** How long it is until then, or what is said once it is over. */
export function Countdown({ to, text, over }: { to: string; text: (left: string) => string; over: string }) {
  const left = Date.parse(to) - useNow(1000);
  return <span class="figures">{left > 0 ? text(countdown(left)) : over}</span>;
}

/** In which zone times are shown, and a way to change that without pointing at one of them. */
export function ZoneChoice() {
  return (
    <span class="zone">
      {t.timesIn(inUtc.value ? 'UTC' : ownZone.value)}{' '}
      <button
        type="button" class="link" aria-label={`${t.times}: ${inUtc.value ? t.timesMine : 'UTC'}`}
        onClick={() => { inUtc.value = !inUtc.value; }}
      >
        {inUtc.value ? t.timesMine : 'UTC'}
      </button>
    </span>
  );
}
