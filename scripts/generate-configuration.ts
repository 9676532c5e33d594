import { writeFile } from 'node:fs/promises';
import { type TSchema, TypeGuard } from '@sinclair/typebox';
import { SECTIONS } from '../src/config/environment.js';
import { meaningOf } from '../src/config/read-setting.js';
import { isMain } from './run.js';

const PAGE = new URL('../docs/configuration.md', import.meta.url);
const EXAMPLE = new URL('../.env.example', import.meta.url);
const MAX_WIDTH = 120;

/** `docs/configuration.md`, from the schema that reads the settings. `npm run docs:configuration` writes it and `.env.example`; a test compares both. */
export function configurationPage(): string {
  const sections = SECTIONS.map(([heading, settings]) => {
    const rows = Object.entries(settings).map(([name, schema]) => rowOf(name, schema));
    return [`## ${heading}`, '', '| setting | default | meaning |', '| --- | --- | --- |', ...rows].join(
      '\n',
    );
  });
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

const isNeeded = (schema: TSchema): boolean => !TypeGuard.IsOptional(schema) && schema.default === undefined;

const NEEDED = SECTIONS.flatMap(([, settings]) => Object.entries(settings))
  .filter(([, schema]) => isNeeded(schema))
  .map(([name]) => `\`${name}\``)
  .join(', ');

const INTRODUCTION = `# Configuration

Written by \`npm run docs:configuration\` from the settings that [src/config/environment.ts](../src/config/environment.ts)
lists; not to be edited by hand.

Every setting is read from the environment. \`NAME_FILE=/run/secrets/name\` reads the value of \`NAME\` from a file. What is missing or wrong is named, all at
once, when the service starts. \`npm run dev\` also reads \`.env\` and embeds what is not set; see [.env.example](../.env.example).

Needed are ${NEEDED}; all else has a default, or is off.
`;

/** `.env.example`, from the same. */
export function exampleFile(): string {
  const sections = SECTIONS.map(([heading, settings]) =>
    [`# --- ${heading}`, ...Object.entries(settings).flatMap(([name, schema]) => linesOf(name, schema))].join(
      '\n',
    ),
  );
  return `${HEAD}\n\n${sections.join('\n\n')}\n`;
}

const HEAD = `# Written by \`npm run docs:configuration\`. Copy to .env for \`npm run dev\`, which embeds what is not set here. \`npm start\` reads
# the environment only and demands the settings marked (needed). Any can be read from a file: NAME_FILE=/run/secrets/name`;

function linesOf(name: string, schema: TSchema): string[] {
  const words = `${isNeeded(schema) ? '(needed) ' : ''}${meaningOf(schema)}`.split(' ');
  const lines = ['#'];
  for (const word of words) {
    if (`${lines.at(-1)} ${word}`.length > MAX_WIDTH) lines.push('#');
    lines[lines.length - 1] += ` ${word}`;
  }
  return [...lines, `${name}=${schema.default ?? ''}`];
}

function rowOf(name: string, schema: TSchema): string {
  const usual = schema.default === undefined ? '' : `\`${schema.default}\``;
  return `| \`${name}\` | ${isNeeded(schema) ? '**needed**' : usual} | ${meaningOf(schema).replaceAll('|', '\\|')} |`;
}

if (isMain(import.meta.url))
  await Promise.all([writeFile(PAGE, configurationPage()), writeFile(EXAMPLE, exampleFile())]);
