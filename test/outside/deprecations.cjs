// A warning of deprecation in our own code or in what it uses at run time ends the process, so that a test fails by it.
process.on('warning', (warning) => {
  if (warning.name !== 'DeprecationWarning' || isOfTheTests(warning)) return;
  console.error(warning.stack);
  process.exit(70);
});

// The test runner and the loader of TypeScript have their own; the service is started without them.
function isOfTheTests({ code, stack = '' }) {
  return ['DEP0205'].includes(code) || /node_modules[\\/](tap|@tapjs|tsx|esbuild|@isaacs)/.test(stack);
}
