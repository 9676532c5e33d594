import { createServer } from 'node:http';
import { verify } from './verify.mjs';

/** Takes the service's webhooks on PORT and gives each event to `take`. What it throws is a 500: the service comes again, under the same id. */
export function serve(take) {
  const { PORT = '8080', CRM_WEBHOOK_SECRET = '' } = process.env;
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    let event;
    try {
      event = verify(CRM_WEBHOOK_SECRET, request.headers, Buffer.concat(chunks));
    } catch {
      return response.writeHead(401).end();
    }
    try {
      await take(event);
      response.writeHead(204).end();
    } catch (error) {
      console.error(error.message);
      response.writeHead(500).end();
    }
  });
  server.listen(Number(PORT), () => console.log(`listening on ${server.address().port}`));
}

/** A call of an API with JSON: what it answers, or an error with its status alone. */
export async function call(method, url, authorization, body) {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${response.status}`);
  return response.json();
}
