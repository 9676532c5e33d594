// What the tests load TypeScript by, in place of tap's own compiler and of tsx: for each of the hundred and fifty processes of a run, that
// is a second and a half of processor time less. `node --require ./test/typescript.cjs FILE.ts`, or imported in a worker.
const { register, registerHooks } = require('node:module');
const { pathToFileURL } = require('node:url');

// tap's switch for not loading its compiler; it is set before tap asks, since this file is required before its own are imported
process.env.TAP_TYPE_STRIP_ONLY = '1';
// so that processes and workers that are started from TypeScript load it by the same
process.env.TYPESCRIPT_LOADER = pathToFileURL(__filename).href;

const hooks = pathToFileURL(require.resolve('./typescript-hooks.mjs'));
// `register` is deprecated where hooks can run in the thread that they serve; in earlier versions those had faults
if (Number.parseInt(process.versions.node, 10) >= 25) registerHooks(require('./typescript-hooks.mjs'));
else register(hooks);
