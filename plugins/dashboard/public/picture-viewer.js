// A picture seen whole, over the page; without scripts its link leads to it.

const links = [...document.querySelectorAll('a[data-whole]')];

function open(at) {
  const dialog = document.createElement('dialog');
  dialog.id = 'whole';
  const picture = document.createElement('img');
  const form = document.createElement('form');
  form.method = 'dialog';
  const button = (label, onClick) => {
    const one = document.createElement('button');
    one.textContent = label;
    if (onClick) {
      one.type = 'button';
      one.addEventListener('click', onClick);
    }
    return one;
  };
  const show = (by) => {
    at = (at + by + links.length) % links.length;
    picture.src = links[at].href;
    picture.alt = links[at].dataset.whole;
    dialog.setAttribute('aria-label', `${links[at].dataset.whole}, ${at + 1} of ${links.length}`);
  };
  if (links.length > 1)
    form.append(
      button('Previous', () => show(-1)),
      button('Next', () => show(1)),
    );
  form.append(button('Close'));
  dialog.append(picture, form);
  dialog.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowLeft' || key === 'k') show(-1);
    if (key === 'ArrowRight' || key === 'j') show(1);
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    links[at].focus();
  });
  show(0);
  document.body.append(dialog);
  dialog.showModal();
}

for (const [at, link] of links.entries())
  link.addEventListener('click', (event) => {
    event.preventDefault();
    open(at);
  });
