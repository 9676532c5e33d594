// Working by keyboard alone: one letter a key, none while something is written, and all of them can be switched off.

const OFF = 'keys-off';
const dialog = document.getElementById('keys');
const bulk = document.getElementById('bulk');
const rows = () => [...document.querySelectorAll('[data-row]')];
const linkOf = (row) => row.querySelector('.about a');
const focused = () => rows().findIndex((row) => row.contains(document.activeElement));
const press = (selector) => {
  const element = document.querySelector(selector);
  element?.click();
  return Boolean(element);
};

function step(by) {
  if (rows().length === 0) return press(by > 0 ? 'a[rel="next"]' : 'a[rel="prev"]');
  const at = focused();
  const next = at < 0 ? 0 : Math.min(rows().length - 1, Math.max(0, at + by));
  linkOf(rows()[next])?.focus();
  return true;
}

/** What is chosen, else the row that has the focus; on the page of one thing, its own button. */
function act(action, ...buttons) {
  if (!bulk) return buttons.some((name) => press(`.side [data-action="${name}"]`));
  const at = focused();
  const box = rows()[at]?.querySelector('[name="items"]');
  if (!bulk.querySelector('[name="items"]:checked')) {
    if (!box) return false;
    box.checked = true;
  }
  sessionStorage.setItem('row', String(at));
  bulk.requestSubmit(bulk.querySelector(`button[value="${action}"]`));
  return true;
}

function write() {
  if (focused() >= 0) {
    const link = linkOf(rows()[focused()]);
    sessionStorage.setItem('write', link.getAttribute('href'));
    link.click();
    return true;
  }
  const field = document.querySelector('main textarea');
  field?.focus();
  return Boolean(field);
}

function show() {
  dialog.showModal();
  return true;
}

function search() {
  const field = document.querySelector('.masthead [type="search"]');
  field?.focus();
  return Boolean(field);
}

/** What each key does, and how that is said. */
const KEYS = {
  j: ['Next row, or next thing', () => step(1)],
  k: ['Row or thing before', () => step(-1)],
  o: ['Open', () => press('[data-row]:focus-within .about a')],
  x: ['Choose', () => press('[data-row]:focus-within [name="items"]')],
  e: ['Done', () => act('done', 'done', 'contacted', 'approve')],
  a: ['Take it, or assign to the name that stands there', () => act('assign', 'in_progress', 'assign')],
  r: ['Write', write],
  u: ['Back to the list', () => press('[data-key="u"]')],
  '/': ['Search', search],
  '?': ['These keys', show],
};

function onKey(event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (target.matches('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
  if (localStorage.getItem(OFF) && key !== '?') return;
  if (Object.hasOwn(KEYS, key) && KEYS[key][1]()) event.preventDefault();
}

function list() {
  for (const [key, [what]] of Object.entries(KEYS)) {
    const row = document.createElement('div');
    const [term, meaning, cap] = ['dt', 'dd', 'kbd'].map((name) => document.createElement(name));
    cap.textContent = key;
    meaning.textContent = what;
    term.append(cap);
    row.append(term, meaning);
    dialog.querySelector('.keys').append(row);
  }
}

function begin() {
  list();
  const on = document.getElementById('keys-on');
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener('change', () =>
    on.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, 'yes'),
  );
  for (const button of document.querySelectorAll('[data-opens="keys"]')) {
    button.hidden = false;
    button.addEventListener('click', show);
  }
  document.addEventListener('keydown', onKey);
  // after what was done by key, where it was done
  const row = sessionStorage.getItem('row');
  sessionStorage.removeItem('row');
  if (row && bulk) linkOf(rows()[Math.min(Math.max(0, Number(row)), rows().length - 1)] ?? bulk)?.focus();
  const wanted = sessionStorage.getItem('write');
  sessionStorage.removeItem('write');
  if (wanted && wanted === location.pathname + location.search) write();
}

function chooseMany() {
  const all = document.getElementById('pick-all');
  if (!all) return;
  const boxes = () => [...bulk.querySelectorAll('[name="items"]')];
  const count = () => {
    const chosen = boxes().filter(({ checked }) => checked).length;
    all.checked = chosen > 0 && chosen === boxes().length;
    document.getElementById('picked').textContent = chosen > 0 ? `${chosen} chosen` : '';
  };
  all.closest('label').hidden = false;
  all.addEventListener('change', () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  bulk.addEventListener('change', count);
}

if (dialog) begin();
if (bulk) chooseMany();
