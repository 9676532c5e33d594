// What the pages can do beyond reading and plain forms: drafts that are kept, times that run, a queue that keeps up, keys, pictures seen whole, and plots.
import './drafts.js';
import './keyboard.js';
import './news.js';
import './picture-viewer.js';

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

/** A picture that cannot be had leaves its place to the ornament. */
function dropBroken(picture) {
  if (picture instanceof HTMLImageElement && picture.parentElement?.classList.contains('picture'))
    picture.remove();
}

document.addEventListener('error', ({ target }) => dropBroken(target), { capture: true });
for (const picture of document.images)
  if (picture.complete && picture.naturalWidth === 0) dropBroken(picture);
/** Copies a field, or a text of the page: only where the browser lets a page do so. */
function offerCopies() {
  for (const button of document.querySelectorAll('[data-copies], [data-copies-text]')) {
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => {
      const { copies, copiesText } = button.dataset;
      await navigator.clipboard.writeText(copiesText ?? document.getElementById(copies).value);
      button.textContent = 'Copied';
    });
  }
}

offerCopies();
countDown();
setInterval(countDown, MINUTE_MS / 2);
if (document.querySelector('[data-plot]')) import('./plots.js').then(({ drawAll }) => drawAll());
