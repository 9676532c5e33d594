// What has come and changed meanwhile: the queue keeps up, every page tells how much is new, and a thing tells who else looks at it.

const NAMES = {
  tickets: ['ticket', 'tickets'],
  capsules: ['hold', 'holds'],
  feedback: ['follow-up', 'follow-ups'],
  returns: ['return', 'returns'],
  deliveries: ['failed delivery', 'failed deliveries'],
  images: ['image', 'images'],
};
const PRESENCE_MS = 20_000;
const title = document.title;
const arrived = {};

/** Fetches the page again and puts its queue and its counts in the place of these, unless someone is in the middle of them. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (response.redirected || !response.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const id of ['views', 'queue']) {
    const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!now || !next || now.innerHTML === next.innerHTML) continue;
    const focused = now.contains(document.activeElement) ? keyOf(document.activeElement) : null;
    const picked = new Set([...now.querySelectorAll(':checked')].map(keyOf));
    now.replaceChildren(...document.importNode(next, true).childNodes);
    for (const one of now.querySelectorAll('a, input')) {
      if (one.type === 'checkbox') one.checked = picked.has(keyOf(one));
      if (keyOf(one) === focused) one.focus();
    }
    if (id === 'queue') document.getElementById('announce').textContent = 'The queue has changed.';
  }
}

// A box is that of its thing, in whatever version.
const keyOf = (element) =>
  element.getAttribute('href') ?? element.value?.split(' ')[0].replace(/\/\d+$/, '') ?? '';

function tell(news) {
  for (const [kind, count] of Object.entries(news)) arrived[kind] = (arrived[kind] ?? 0) + count;
  const kinds = Object.entries(arrived).filter(([kind]) => NAMES[kind]);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return;
  document.title = `(${total}) ${title}`;
  const link = document.createElement('a');
  link.href = '/dashboard/support?order=age';
  link.textContent = `New: ${kinds.map(([kind, count]) => `${count} ${NAMES[kind][count === 1 ? 0 : 1]}`).join(', ')}`;
  document.getElementById('news').replaceChildren(link);
}

function follow() {
  const live = document.getElementById('live');
  const queue = document.getElementById('queue');
  const changes = new EventSource('/dashboard/support/changes');
  const toOthers = new BroadcastChannel('news');
  let away = false;
  changes.addEventListener('open', () => {
    if (live) live.hidden = false;
    // what has changed while the connection was away
    if (away && queue) refresh();
    away = false;
  });
  changes.addEventListener('error', () => {
    if (live) live.hidden = true;
    away = true;
  });
  changes.addEventListener('change', ({ data }) => {
    changed(JSON.parse(data));
    toOthers.postMessage(JSON.parse(data));
  });
  // the page may be kept, to come back to it: without its stream
  addEventListener('pagehide', () => changes.close());
  return new Promise(() => {});
}

function changed(news) {
  tell(news);
  if (document.getElementById('queue')) refresh();
}

/** One of the pages of a browser has the stream, and tells the others: browsers and service allow only a few. */
function followTogether() {
  const fromOthers = new BroadcastChannel('news');
  fromOthers.addEventListener('message', ({ data }) => changed(data));
  if (navigator.locks) navigator.locks.request('news', follow);
  else follow();
}

async function meet() {
  const place = document.getElementById('presence');
  const response = await fetch(`/dashboard/support/${place.dataset.place}/presence`);
  if (!response.ok || response.redirected) return;
  const { others } = await response.json();
  const text =
    others.length > 0
      ? `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} looking at this too.`
      : '';
  if (place.textContent !== text) place.textContent = text;
}

if (document.body.hasAttribute('data-signed-in')) followTogether();
if (document.getElementById('presence')) setInterval(meet, PRESENCE_MS);
