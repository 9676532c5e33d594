// Read by any Node, before one that is too old meets what it cannot read: a flag, an import, a package.
const wanted = require('../package.json').engines.node.replace(/[^\d.]/g, '');
const mine = process.versions.node.split('.').map(Number);
const differing = wanted.split('.').findIndex((part, nth) => Number(part) !== mine[nth]);
if (differing >= 0 && mine[differing] < Number(wanted.split('.')[differing])) {
  console.error(`Node ${wanted} or later is needed, and this is ${process.versions.node}.`);
  process.exit(1);
}
