/** Whether a host is this machine, which alone is spoken to in the clear. */
export const isLocal = (host: string): boolean =>
  host === 'localhost' || /^\[?::1\]?$/.test(host) || /^127\.\d+\.\d+\.\d+$/.test(host);

/** What is wrong with the address of a service; nothing when it can be used. */
export function problemWith(address: string): string | undefined {
  if (!URL.canParse(address)) return 'it is no address';
  const { username, password, protocol, hostname } = new URL(address);
  if (username || password) return 'credentials are not part of it';
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal(hostname)))
    return 'only https is used beyond this machine';
  return undefined;
}
