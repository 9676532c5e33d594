/**
 * Imports go down only: plugins → schemas → domain, dashboard → outbox, connectors → platform → lib. Imports of types count as well.
 * docs/architecture.md has the drawing. `src/config` assembles the settings that the layers below it describe.
 */
const LAYERS = [
  { name: 'plugins', path: '^plugins/' },
  { name: 'schemas', path: '^schemas/' },
  { name: 'config', path: '^src/config/' },
  { name: 'dashboard', path: '^src/dashboard/' },
  { name: 'domain', path: '^src/domain/' },
  { name: 'outbox and connectors', path: '^src/(outbox|connectors)/' },
  { name: 'platform', path: '^src/platform/' },
  { name: 'lib', path: '^src/lib/' },
];
const SERVICE = '^(src|plugins|schemas)/';

const downwards = LAYERS.slice(1).map(({ name, path }, index) => ({
  name: `${name.replaceAll(' ', '-')}-imports-nothing-above`,
  severity: 'error',
  from: { path },
  to: { path: LAYERS.slice(0, index + 1).map(({ path: above }) => above) },
}));

export default {
  forbidden: [
    ...downwards,
    {
      name: 'no-circles',
      comment: 'Two files that import each other are one file, or three.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'the-service-stands-alone',
      comment: 'Nothing that is for development, tests or measurements is part of what is released.',
      severity: 'error',
      from: { path: SERVICE },
      to: { path: '^(embedded|scripts|test|bench)/' },
    },
    {
      name: 'the-demo-is-for-development',
      comment: 'Its pages hand out a key: only `npm run dev` and tests register them.',
      severity: 'error',
      from: { path: SERVICE, pathNot: '^plugins/demo/' },
      to: { path: '^plugins/demo/' },
    },
    {
      name: 'the-stand-ins-have-one-door',
      comment:
        'startEmbedded is all that is used of the stand-ins, but by their own tests and what those lend.',
      severity: 'error',
      from: { pathNot: '^embedded/' },
      to: { path: '^embedded/', pathNot: '^embedded/(index\\.ts$|test/)' },
    },
    {
      name: 'the-stand-ins-know-nothing-of-the-service',
      severity: 'error',
      from: { path: '^embedded/', pathNot: '^embedded/(test|bench)/' },
      to: { path: [SERVICE, '^scripts/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|plugins|schemas|scripts|embedded|bench|test|clients)/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
