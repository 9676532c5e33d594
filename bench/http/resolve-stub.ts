import type { InitializeHook, ResolveHook } from 'node:module';

let name = '';

export const initialize: InitializeHook<string> = async (without) => {
  name = without;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  const resolved = await next(specifier, context);
  const isIt = resolved.url.endsWith(`/plugins/core/${name}.js`);
  // a stub may take over parts of what it stands for
  return isIt && !context.parentURL?.includes('/stubs/')
    ? { ...resolved, url: new URL(`./stubs/${name}.js`, import.meta.url).href }
    : resolved;
};
