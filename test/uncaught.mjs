// In place of tap's `async-hook-domain`, which finds out by hooks on every promise to which test an uncaught error belongs: that is a tenth to
// a quarter of the processor time of a run. Here it belongs to the innermost test that is running: in a process they run one after the other.
import { executionAsyncResource } from 'node:async_hooks';

/** One of each test that is there: in the order in which they were made, those that wait for their turn among them. */
const domains = new Set();

export class Domain {
  constructor(onerror) {
    this.onerror = onerror;
    // tap makes a domain within the resource that it has for the test
    this.test = executionAsyncResource().test;
    if (domains.size === 0) {
      process.on('uncaughtException', fail);
      process.on('unhandledRejection', reject);
    }
    domains.add(this);
  }

  destroy() {
    domains.delete(this);
    if (domains.size > 0) return;
    process.off('uncaughtException', fail);
    process.off('unhandledRejection', reject);
  }
}

function fail(error, kind) {
  const all = [...domains];
  const domain = all.findLast(({ test }) => test?.started) ?? all[0];
  domain.onerror(error, kind);
}

const reject = (error) => fail(error, 'unhandledRejection');
