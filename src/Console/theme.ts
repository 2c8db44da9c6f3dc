import { effect, signal } from '@preact/signals';

/** Light, dark, or null for what the system says. */
export const theme = signal<string | null>(null);

const root = document.documentElement;

effect(() => {
  if (theme.value) root.dataset.theme = theme.value;
  else delete root.dataset.theme;
});

/** Shows the page as the address asks for. */
export function showAs(options: URLSearchParams): void {
  if (/^(light|dark)$/.test(options.get('theme') ?? '')) theme.value = options.get('theme');
  if (options.get('embed') === '1') root.dataset.embed = '';
  if (options.get('dir') === 'rtl') root.dir = 'rtl';
}
