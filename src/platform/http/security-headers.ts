/** Directives of a content security policy, by name: what is loaded from where. */
type Policy = Partial<
  Record<
    | 'script-src'
    | 'style-src'
    | 'img-src'
    | 'font-src'
    | 'connect-src'
    | 'frame-src'
    | 'form-action'
    | 'frame-ancestors',
    string
  >
>;

const NOTHING = {
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/** A content security policy under which a browser loads, sends and frames nothing but what is named. */
export const contentSecurityPolicy = (allowed: Policy = {}): string =>
  Object.entries({ 'default-src': "'none'", ...allowed, ...NOTHING, ...allowed })
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ');

/**
 * What Helmet sets, but for a stricter policy: nothing here is a page, and what is brings a policy of its own. They stand here as they
 * are, since Helmet would compute them again for every answer, and has none for what is answered before a route is found.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy(),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
};
