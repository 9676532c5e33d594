const HOME = '/dashboard/support';

/** Where to go next, as an address of ours: never to another site, and never to the sign-in itself. */
export const ownPath = (next: string | undefined, home = HOME): string =>
  next && /^\/dashboard(?:\/(?!sign-)|\?)[\w/?=&%.+:;,@~!$'()*-]*$/.test(next) ? next : home;

const FORM =
  /^(\/dashboard(?:\/[^?]+)?)\/(?:actions|replies|bulk|tracking|escalate|export|erase|[\w-]+\/end|sign-out)$/;

/** The page of a form, for whoever opens the address that the form is sent to: by loading again what came of it. */
export const pageOfForm = (url: string): string | undefined => FORM.exec(url.split('?')[0] ?? '')?.[1];

/** The same page, which tells what has been done. */
export function toldAt(path: string, told: Record<string, string>): string {
  const [place = '', query] = path.split('?');
  const params = new URLSearchParams(query);
  for (const name of ['done', 'count', 'refused', 'template']) params.delete(name);
  for (const [name, value] of Object.entries(told)) params.set(name, value);
  return `${place}?${params}`;
}
