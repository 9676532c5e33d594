/** A text as it stands in a page, between tags or in an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

interface Page {
  title: string;
  body: string;
  head?: string;
}

export const pageOf = ({ title, body, head = '' }: Page): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" href="/demo/assets/demo.css">
${head}
</head>
<body>
${body}
</body>
</html>
`;

const LINKS: [href: string, name: string, what: string][] = [
  [
    '/demo',
    'The widget',
    'Play a customer: find a ring, hold it, track an order, start a return. Each call is shown beside it.',
  ],
  ['/demo/outbox', 'The outbox', 'Mails, text messages, tickets and webhooks that would have been sent.'],
  ['/dashboard', 'The dashboard', 'What the staff sees: the queue, orders, creators, figures.'],
  ['/docs', 'The reference', 'Every call, with examples to try.'],
  ['/openapi.yaml', 'openapi.yaml', 'The same as a document.'],
  ['/health/ready', 'Health', 'Whether the database and the object store are there.'],
];

/** Where everything is, for someone who has just started the service. */
export function homePage(
  { key, staffKey }: { key: string; staffKey: string },
  isThere: (path: string) => boolean,
): string {
  const links = LINKS.filter(([href]) => isThere(href)).map(
    ([href, name, what]) => `<li><a href="${href}">${name}</a><p>${what}</p></li>`,
  );
  return pageOf({
    title: 'Concierge Service',
    body: `<main class="home">
<h1>Concierge Service</h1>
<p class="lead">It runs, in development. This page is not there in production.</p>
<ul>
${links.join('\n')}
</ul>
<dl>
<dt>Key of the widget</dt><dd><code>${escaped(key)}</code></dd>
<dt>Key of the staff, for the dashboard and <code>/metrics</code></dt><dd><code>${escaped(staffKey)}</code></dd>
</dl>
</main>`,
  });
}
