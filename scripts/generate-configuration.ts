import { writeFile } from 'node:fs/promises';
import { type TSchema, TypeGuard } from '@sinclair/typebox';
import { SECTIONS } from '../src/config/environment.js';
import { isMain } from './run.js';

const FILE = new URL('../docs/configuration.md', import.meta.url);

/** `docs/configuration.md`, from the schema that reads the settings. `npm run docs:configuration` writes it; a test compares it. */
export function configurationPage(): string {
  const sections = SECTIONS.map(([heading, settings]) => {
    const rows = Object.entries(settings).map(([name, schema]) => rowOf(name, schema));
    return [`## ${heading}`, '', '| setting | default | meaning |', '| --- | --- | --- |', ...rows].join(
      '\n',
    );
  });
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

Written by \`npm run docs:configuration\` from [src/config/environment.ts](../src/config/environment.ts); not to be edited by hand.

Every setting is read from the environment. \`NAME_FILE=/run/secrets/name\` reads the value of \`NAME\` from a file. What is missing or wrong is named, all at
once, when the service starts. \`npm run dev\` also reads \`.env\` and embeds what is not set; see [.env.example](../.env.example).
`;

function rowOf(name: string, schema: TSchema): string {
  const needed = !TypeGuard.IsOptional(schema) && schema.default === undefined;
  const usual = schema.default === undefined ? '' : `\`${schema.default}\``;
  return `| \`${name}\` | ${needed ? '**needed**' : usual} | ${meaningOf(schema)} |`;
}

function meaningOf({ description = '', minimum, maximum }: TSchema): string {
  const range = rangeOf(minimum, maximum);
  return `${description.replace(/\.$/, '')}.${range && ` ${range}.`}`.replaceAll('|', '\\|');
}

function rangeOf(minimum: unknown, maximum: unknown): string {
  if (minimum !== undefined && maximum !== undefined) return `From ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : `At least ${minimum}`;
}

if (isMain(import.meta.url)) await writeFile(FILE, configurationPage());
