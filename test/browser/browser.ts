import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's browser; undefined where there is none. */
export const browserPath = (): string | undefined =>
  [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path));

/** One process for all windows: without it each page that is opened starts another. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--renderer-process-limit=1', '--process-per-site'];

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Promise<Browser> | undefined;

/** The one browser of this process: a window is closed with its test, the browser when all have ended. */
export function launch(executablePath: string): Promise<Browser> {
  browser ??= chromium.launch({ executablePath, args: ARGUMENTS }).then((launched) => {
    t.teardown(() => launched.close());
    return launched;
  });
  return browser;
}

export interface Look {
  colorScheme: 'light' | 'dark';
  width: number;
  javaScript?: boolean;
}

/** A window of its own, which reaches nothing but this machine, and fails the test on what a developer would see in its console. */
export async function openWindow(
  test: Test,
  browser: Browser,
  { colorScheme, width, javaScript = true }: Look,
): Promise<{ context: BrowserContext; page: Page }> {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({
    viewport,
    colorScheme,
    javaScriptEnabled: javaScript,
    locale: 'en-US',
  });
  test.teardown(() => context.close());
  await context.route(
    ({ hostname }) => !['127.0.0.1', 'localhost'].includes(hostname),
    (route) => route.abort(),
  );
  const page = await context.newPage();
  page.on('pageerror', (error) => test.fail(`an error in the page: ${error.message}`));
  page.on('console', (message) => {
    // pictures of the shop lie outside
    const expected = message.text().includes('Failed to load resource');
    if (message.type() === 'error' && !expected) test.fail(`in the console: ${message.text()}`);
  });
  return { context, page };
}

const looking = new WeakMap<Page, Promise<CDPSession>>();

/** axe is handed over once, and is there in each document that the page loads from then on. */
async function bringAxe(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await page.addInitScript({ content: axe });
  await session.send('Runtime.evaluate', { expression: `${axe};0` });
  return session;
}

/** What axe finds against WCAG 2.1 AA and its own best practices. Evaluated by the debugger, which the policy of the page does not bind. */
export async function violations(page: Page): Promise<string[]> {
  const session = looking.get(page) ?? bringAxe(page);
  looking.set(page, session);
  const { result } = await (await session).send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html.slice(0, 200))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value as string[];
}
