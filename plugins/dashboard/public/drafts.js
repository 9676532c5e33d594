// What is being written outlives the page it is written on: each form keeps its words in this tab until the service says that they are sent.

const { signedIn: viewer } = document.body.dataset;
const PREFIX = 'draft ';
const OWN = `${PREFIX}${encodeURIComponent(viewer)} `;
/** A form that is on its way, and what the next page says when it has arrived. */
const SENT = 'draft-sent';
const SIGNED_OUT = 'signed-out';
/** After a link or a form of ours was pressed: what is written stays, and nobody has to be asked. */
const LEAVING_MS = 1000;
const forms = [...document.querySelectorAll('form[data-draft]')];
// a field of the form may be called `action`
const keyOf = (form) => `${OWN}${form.getAttribute('action')} ${form.dataset.draft}`;
const fieldsOf = (form) =>
  [...form.elements].filter(
    ({ name, type }) => type === 'textarea' || type === 'text' || name === 'template',
  );
const written = (form) => fieldsOf(form).some(({ type, value }) => type !== 'hidden' && value.trim() !== '');
let leftAt = Number.NEGATIVE_INFINITY;

function keep(form) {
  const values = fieldsOf(form).map(({ name, value }) => [name, value]);
  if (written(form)) sessionStorage.setItem(keyOf(form), JSON.stringify(values));
  else sessionStorage.removeItem(keyOf(form));
}

function restore(form) {
  for (const [name, value] of JSON.parse(sessionStorage.getItem(keyOf(form)) ?? '[]')) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  if (sessionStorage.getItem(keyOf(form))) form.closest('details')?.setAttribute('open', '');
}

/** Of a form that was sent nothing is kept, once this page says so; after a refusal, or without a connection, all of it. */
function forgetSent() {
  const [key, done] = JSON.parse(sessionStorage.getItem(SENT) ?? '[]');
  sessionStorage.removeItem(SENT);
  if (key && document.querySelector(`[data-done="${done}"]`)) sessionStorage.removeItem(key);
}

/** Nobody reads what another person of the staff has begun in this browser, and nothing is left behind by who has signed out. */
function forgetOthers() {
  const isOut = !viewer && sessionStorage.getItem(SIGNED_OUT);
  sessionStorage.removeItem(SIGNED_OUT);
  for (const key of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX)))
    if (isOut || (viewer && !key.startsWith(OWN))) sessionStorage.removeItem(key);
}

/** A text to begin with comes into the field without another page: behind what is written, or in the place of one that was not touched. */
function offerTemplates() {
  const chooser = document.querySelector('form.begin');
  const field = document.getElementById('reply');
  if (!chooser || !field) return;
  const options = [...chooser.elements.template.options];
  chooser.addEventListener('submit', (event) => {
    event.preventDefault();
    const { value, dataset } = chooser.elements.template.selectedOptions[0];
    const isUntouched = field.value.trim() === '' || options.some((one) => one.dataset.text === field.value);
    field.value = isUntouched ? dataset.text : `${field.value.trimEnd()}\n\n${dataset.text}`;
    field.form.elements.template.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  });
}

/** The own mailbox begins with what is written here. */
function followMailbox() {
  const link = document.querySelector('.elsewhere a[href^="mailto:"]');
  const field = document.getElementById('reply');
  if (!link || !field) return;
  const follow = () => {
    const body = field.value ? `?body=${encodeURIComponent(field.value.slice(0, 1500))}` : '';
    link.href = link.href.split('?')[0] + body;
  };
  field.addEventListener('input', follow);
  follow();
}

/** The address of a page is that of the thing, also after a form: to load it again asks for nothing twice, and tells nothing twice. */
function settleAddress() {
  const address = new URL(document.body.dataset.address, location.href);
  for (const told of ['done', 'count', 'refused']) address.searchParams.delete(told);
  const isSame = address.pathname + address.search === location.pathname + location.search;
  if (!isSame) history.replaceState(null, '', address.pathname + address.search + location.hash);
}

forgetSent();
forgetOthers();
for (const form of forms) restore(form);
offerTemplates();
followMailbox();
if (viewer) settleAddress();

document.addEventListener('input', ({ target }) => target.form?.dataset.draft && keep(target.form));
document.addEventListener('click', ({ target }) => {
  if (target.closest('a[href]')) leftAt = performance.now();
});
document.addEventListener('submit', ({ target }) => {
  if (target.matches('.signed-in')) return sessionStorage.setItem(SIGNED_OUT, 'yes');
  leftAt = performance.now();
  if (target.dataset.draft)
    sessionStorage.setItem(SENT, JSON.stringify([keyOf(target), target.dataset.draft]));
});
addEventListener('beforeunload', (event) => {
  if (performance.now() - leftAt > LEAVING_MS && forms.some((form) => sessionStorage.getItem(keyOf(form))))
    event.preventDefault();
});
