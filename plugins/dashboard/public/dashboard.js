// What the pages can do beyond reading and plain forms: times that run, a queue that keeps up, and plots.

const MINUTE_MS = 60_000;

function span(ms) {
  const days = Math.floor(ms / 86_400_000);
  const hours = Math.floor(ms / 3_600_000) % 24;
  const minutes = Math.floor(ms / MINUTE_MS) % 60;
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} m` : `${hours} h`;
  return `${minutes} m`;
}

function countDown() {
  for (const time of document.querySelectorAll('time[data-due]')) {
    const left = Date.parse(time.dateTime) - Date.now();
    time.textContent = left < 0 ? `${span(-left)} over` : `${span(left)} left`;
    time.className = `due ${left < 0 ? 'overdue' : left < 60 * MINUTE_MS ? 'soon' : 'calm'}`;
  }
}

/** Fetches the page again and puts its queue and its cards in the place of these, unless someone is in the middle of them. */
async function refresh() {
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  if (response.redirected || !response.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const id of ['cards', 'queue']) {
    const [now, next] = [document.getElementById(id), fresh.getElementById(id)];
    if (!now || !next || now.innerHTML === next.innerHTML) continue;
    const focused = now.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    now.replaceChildren(...document.importNode(next, true).childNodes);
    if (focused)
      [...now.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
    if (id === 'queue') document.getElementById('announce').textContent = 'The queue has changed.';
  }
}

function followQueue() {
  const live = document.getElementById('live');
  if (!live) return;
  const changes = new EventSource('/dashboard/support/changes');
  let away = false;
  changes.addEventListener('open', () => {
    live.hidden = false;
    // what has changed while the connection was away
    if (away) refresh();
    away = false;
  });
  changes.addEventListener('error', () => {
    live.hidden = true;
    away = true;
  });
  changes.addEventListener('change', refresh);
}

/** A picture that cannot be had leaves its place to the ornament. */
function dropBroken(picture) {
  if (picture instanceof HTMLImageElement && picture.parentElement?.classList.contains('picture'))
    picture.remove();
}

document.addEventListener('error', ({ target }) => dropBroken(target), { capture: true });
for (const picture of document.images)
  if (picture.complete && picture.naturalWidth === 0) dropBroken(picture);
countDown();
setInterval(countDown, MINUTE_MS / 2);
followQueue();
if (document.querySelector('[data-plot]')) import('./plots.js').then(({ drawAll }) => drawAll());
