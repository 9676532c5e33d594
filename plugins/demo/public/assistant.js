import { planOf } from './assistant-plan.js';

const { key } = document.body.dataset;
const form = document.querySelector('form');
const out = document.querySelector('#calls');
const sessionId = crypto.randomUUID();
let id = 0;

async function callTool(name, args) {
  const response = await fetch('/mcp', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: ++id,
      method: 'tools/call',
      params: { name, arguments: args },
    }),
  });
  const { result, error } = await response.json();
  return (
    result ?? { isError: true, content: [{ type: 'text', text: error?.message ?? `${response.status}` }] }
  );
}

function add(tag, text, parent = out) {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
}

async function show({ tool, args }) {
  const item = add('li', '');
  add('h2', tool, item);
  const said = add('p', '…', item);
  const raw = add('details', '', item);
  add('summary', 'What was sent and answered', raw);
  add('pre', JSON.stringify(args, null, 2), raw);
  const result = await callTool(tool, args);
  add('pre', JSON.stringify(result.structuredContent ?? {}, null, 2).slice(0, 4000), raw);
  said.textContent = result.content?.[0]?.text ?? '';
  said.className = result.isError ? 'ill' : 'well';
  const { confirmation } = result.structuredContent ?? {};
  if (!confirmation) return;
  const yes = add('button', 'Yes', item);
  yes.type = 'button';
  yes.addEventListener('click', () => {
    yes.remove();
    void show({ tool, args: { ...args, confirmation: confirmation.token } });
  });
}

form.addEventListener('click', ({ target }) => {
  const { sentence } = target.dataset;
  if (!sentence) return;
  form.elements.sentence.value = sentence;
  form.requestSubmit();
});
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const sentence = new FormData(form).get('sentence').trim();
  out.replaceChildren();
  const plan = planOf(sentence, sessionId);
  if (plan.length === 0)
    add('li', 'No tool: a careful assistant would ask first what is meant, or which order.');
  for (const call of plan) await show(call);
});
