const HOME = '/dashboard/support';

/** Where to go next, as an address of ours: never to another site, and never to the sign-in itself. */
export const ownPath = (next: string | undefined, home = HOME): string =>
  next && /^\/dashboard\/(?!sign-)[\w/?=&%.+:-]*$/.test(next) ? next : home;

/** The same page, which tells what has been done. */
export function toldAt(path: string, told: Record<string, string>): string {
  const [place = '', query] = path.split('?');
  const params = new URLSearchParams(query);
  for (const name of ['done', 'count', 'refused', 'template']) params.delete(name);
  for (const [name, value] of Object.entries(told)) params.set(name, value);
  return `${place}?${params}`;
}
