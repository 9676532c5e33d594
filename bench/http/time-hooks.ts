import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import type { FastifyInstance, RouteOptions } from 'fastify';

/*
 * Loaded before the service, it measures what each hook of a request takes by itself, until the hook has handed over to the next one, and
 * writes it to the file BENCH_HOOKS when the process ends. The promise of a hook that is `async` is made after that, and is not in it.
 */
export interface HookTime {
  hook: string;
  plugin: string;
  calls: number;
  /** The median of its calls. */
  us: number;
}

const OF_REQUESTS = ['onRequest', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse'];
const MAX_SAMPLES = 20_000;
const times = new Map<string, { hook: string; plugin: string; calls: number; samples: number[] }>();

type Hook = (this: unknown, ...args: unknown[]) => unknown;

function timed(hook: string, plugin: string, run: Hook): Hook {
  const time = { hook, plugin, calls: 0, samples: [] as number[] };
  times.set(`${hook} ${plugin} ${times.size}`, time);
  return function (this: unknown, ...args) {
    const startedAt = performance.now();
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      time.samples[time.calls++ % MAX_SAMPLES] = performance.now() - startedAt;
    };
    const done = args.at(-1);
    if (typeof done === 'function')
      args[args.length - 1] = (...answer: unknown[]) => {
        end();
        return done(...answer);
      };
    try {
      return run.apply(this, args);
    } finally {
      end();
    }
  };
}

subscribe('fastify.initialization', (message) => {
  const { fastify } = message as { fastify: FastifyInstance };
  const addHook = fastify.addHook as (name: string, hook: Hook) => FastifyInstance;
  // instances of plugins inherit it
  Object.assign(fastify, {
    addHook(this: FastifyInstance, name: string, hook: Hook) {
      const plugin = this.pluginName.split(' -> ').at(-1) ?? '';
      if (name === 'onRoute') return addHook.call(this, name, timingRoutes(plugin, hook));
      return addHook.call(this, name, OF_REQUESTS.includes(name) ? timed(name, plugin, hook) : hook);
    },
  });
});

/** Of a plugin that gives hooks to some routes only. */
const timingRoutes = (plugin: string, onRoute: Hook): Hook =>
  function (this: unknown, given) {
    const route = given as RouteOptions & Record<string, Hook | Hook[] | undefined>;
    const before = new Set(OF_REQUESTS.flatMap((name) => route[name] ?? []));
    onRoute.call(this, route);
    for (const name of OF_REQUESTS)
      if (Array.isArray(route[name]))
        Object.assign(route, {
          [name]: route[name].map((hook) => (before.has(hook) ? hook : timed(name, plugin, hook))),
        });
  };

process.on('exit', () => {
  const results: HookTime[] = [...times.values()]
    .filter(({ calls }) => calls > 0)
    .map(({ hook, plugin, calls, samples }) => {
      const sorted = samples.toSorted((a, b) => a - b);
      return { hook, plugin, calls, us: (sorted[Math.floor(sorted.length / 2)] ?? 0) * 1000 };
    });
  writeFileSync(process.env.BENCH_HOOKS ?? 'hooks.json', JSON.stringify(results));
});
