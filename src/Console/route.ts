import { signal } from '@preact/signals';
import { keep, kept } from './storage';
import { uncopied } from './uncopied';

/** What the address bar's fragment says: `#/w/sub_1?outcome=Retrying`. */
interface Route {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What the fragment of a link may tell. */
interface Start {
  readonly token: string | null;
  /** The options of this link. */
  readonly asked: URLSearchParams;
  /** With those of the links before it: they live as long as the tab. */
  readonly options: URLSearchParams;
}

const optionNames = ['theme', 'lang', 'embed', 'tz', 'tenant', 'dir'];
const optionsKey = 'atrium.options';

/** Reads the fragment of a link, and removes it from the address bar at once: it may hold a session. */
export function readStart(): Start {
  const stored = new URLSearchParams(kept(optionsKey) ?? '');
  const fragment = location.hash.slice(1);
  if (fragment.startsWith('/')) return { token: null, asked: stored, options: stored };
  const given = new URLSearchParams(fragment);
  for (const name of optionNames) {
    const value = given.get(name);
    if (value !== null) stored.set(name, value);
  }
  keep(optionsKey, stored.toString());
  const to = given.get('to') ?? '';
  // A link that leads nowhere leaves an open page where it is.
  history.replaceState(null, '', `#${to.startsWith('/') ? to : address(route.value)}`);
  return { token: given.get('session'), asked: given, options: stored };
}

function parse(): Route {
  const [path = '/', query = ''] = (location.hash.slice(1) || '/').split('?');
  return { path, query: new URLSearchParams(query) };
}

export const route = signal<Route>({ path: '/', query: new URLSearchParams() });

/** Set while something typed would be lost by leaving. */
export const unsaved = signal(false);

const isHeld = (): boolean => unsaved.value || uncopied.value.length > 0;

/** Where somebody wanted to go although something would be lost, until they have decided. */
export const wantedRoute = signal<string | null>(null);

/** What follows the `#`. */
export const address = ({ path, query }: Route): string => `${path}${query.size > 0 ? `?${query}` : ''}`;

/** Follows the address bar from now on. Only the fragment changes when a link is opened in a page that is open. */
export function startRouting(onLink: (start: Start) => void): void {
  route.value = parse();
  addEventListener('hashchange', () => {
    if (location.hash !== '' && !location.hash.startsWith('#/')) onLink(readStart());
    const next = parse();
    if (address(next) === address(route.value)) return;
    if (isHeld() && next.path !== route.value.path) {
      // The address has changed already; it is put back until somebody has decided.
      history.pushState(null, '', `#${address(route.value)}`);
      wantedRoute.value = address(next);
      return;
    }
    route.value = next;
  });
  addEventListener('beforeunload', event => {
    if (isHeld()) event.preventDefault();
  });
}

/** The way back from a link that was just opened in this page, for whoever does not want it after all. */
export function wayBack(from: string): () => void {
  const to = address(parse());
  return () => {
    if (wantedRoute.value === to) wantedRoute.value = null;
    else if (address(route.value) === to) location.hash = from;
  };
}

/** Leaves whatever is unsaved: the page is loaded anew next, where a link that was opened in it leads. */
export function leave(): void {
  unsaved.value = false;
  history.replaceState(null, '', `#${wantedRoute.value ?? address(route.value)}`);
  wantedRoute.value = null;
}

/** Goes there, whatever is unsaved. */
export function go(to: string): void {
  unsaved.value = false;
  wantedRoute.value = null;
  location.hash = to;
}

/** Changes the query of this screen; the way back does not stop at each. Null removes a name. */
export function setQuery(changes: Record<string, string | null>): void {
  const query = new URLSearchParams(route.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  route.value = { path: route.value.path, query };
  history.replaceState(null, '', `#${address(route.value)}`);
}

/** What the query says under a name, if that is one of the known values; else the first of them. */
export function queried<T extends string>(name: string, known: readonly T[]): T {
  const value = route.value.query.get(name);
  return known.find(one => one === value) ?? known[0]!;
}

/**
 * The parts of a path that fits the template, by name: `match('/w/:id', '/w/sub_1')` is `{ id: 'sub_1' }`. None is one
 * dot or two: in a URL, these are steps to somewhere else.
 */
export function match(template: string, path: string): Record<string, string> | null {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index]!;
    if (part.startsWith(':') && !/^[.]{0,2}$/.test(value)) found[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return found;
}
