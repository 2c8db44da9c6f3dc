import { effect, signal } from '@preact/signals';

/** Light, dark, or null for what the system says. */
export const theme = signal<string | null>(null);

/** Shows the page as the address asked for. */
export function startTheme(options: URLSearchParams): void {
  const root = document.documentElement;
  if (/^(light|dark)$/.test(options.get('theme') ?? '')) theme.value = options.get('theme');
  if (options.get('embed') === '1') root.dataset.embed = '';
  if (options.get('dir') === 'rtl') root.dir = 'rtl';
  effect(() => {
    if (theme.value) root.dataset.theme = theme.value;
    else delete root.dataset.theme;
  });
}
