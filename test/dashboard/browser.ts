import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The system's browser; undefined where there is none. */
export const browserPath = (): string | undefined =>
  [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path));

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch(test: Test, executablePath: string): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  test.teardown(() => browser.close());
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

/** What axe finds against WCAG 2.1 AA and its own best practices. Evaluated by the debugger, which the policy of the page does not bind. */
export async function violations(context: BrowserContext, page: Page): Promise<string[]> {
  const session = await context.newCDPSession(page);
  const expression = `${axe};axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ' ' + html.slice(0, 200))))`;
  const { result } = await session.send('Runtime.evaluate', {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  return result.value as string[];
}
