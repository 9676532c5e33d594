import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/*
 * What `npm run build` makes `dist/src/server.js` of: it starts `server.ts`, as one script with what V8 has compiled of it when it was
 * built, or else as modules. docs/decisions/deployed-as-a-bundle.md
 */

/** The script: a function of what a module has by itself. */
type Service = (
  module: object,
  exports: object,
  require: NodeJS.Require,
  url: string,
  importPackage: (name: string) => Promise<unknown>,
) => void;

/** Undefined where it was built by another Node. With other flags V8 refuses what was compiled, and compiles anew. */
function compiledService(): Service | undefined {
  // only of modules does Node read the maps
  if (`${process.execArgv} ${process.env.NODE_OPTIONS}`.includes('--enable-source-maps')) return undefined;
  const { version, platform, arch } = process;
  const cache = new URL(`./service-${version}-${platform}-${arch}.cache`, import.meta.url);
  if (!existsSync(cache)) return undefined;
  const script = new URL('./service.cjs', import.meta.url);
  const options = { filename: script.href, cachedData: readFileSync(cache) };
  return new Script(readFileSync(script, 'latin1'), options).runInThisContext();
}

const service = compiledService();
if (service) service({}, {}, createRequire(import.meta.url), import.meta.url, (name) => import(name));
else await import('./server.js');
