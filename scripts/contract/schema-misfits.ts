import { resolve } from './document.js';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  [keyword: string]: unknown;
}

/** What is sent in a request must still be taken; what comes in an answer must still be understood. */
export type Direction = 'request' | 'response';

interface Side {
  document: object;
  schema: Schema | undefined;
}

const UPPER = ['maxLength', 'maximum', 'maxItems', 'maxProperties'] as const;
const LOWER = ['minLength', 'minimum', 'minItems', 'minProperties'] as const;

/**
 * Why some value that fits the schema `before` does not fit `after` (in a request), or the other way round (in an answer): a sentence
 * each, none when the change breaks nobody. Lists of values in answers may grow: the document says so.
 */
export function schemaMisfits(before: Side, after: Side, direction: Direction, at = ''): string[] {
  const [old, now] = [open(before), open(after)];
  if (!old || !now) return [];
  const inside = (name: string, from: Schema | undefined, to: Schema | undefined) =>
    schemaMisfits({ ...before, schema: from }, { ...after, schema: to }, direction, `${at}/${name}`);
  const where = at === '' ? 'the body' : at;
  return [
    ...typeMisfits(old, now, direction),
    ...(direction === 'request' ? boundMisfits(old, now) : []),
    ...requiredMisfits(old, now, direction),
    ...variantMisfits({ ...before, schema: old }, { ...after, schema: now }, direction),
  ]
    .map((misfit) => `${where} ${misfit}`)
    .concat(
      Object.entries(old.properties ?? {}).flatMap(([name, property]) =>
        now.properties && !now.properties[name]
          ? [`${at}/${name} is gone`]
          : inside(name, property, now.properties?.[name]),
      ),
      inside('*', old.items, now.items),
    );
}

const open = ({ document, schema }: Side): Schema | undefined =>
  resolve(document, schema) as Schema | undefined;

function typeMisfits(old: Schema, now: Schema, direction: Direction): string[] {
  const [given, taken] = direction === 'request' ? [old, now] : [now, old];
  const [givenTypes, takenTypes] = [typesOf(given), typesOf(taken)];
  const isNew = givenTypes.filter((type) => takenTypes.length > 0 && !takenTypes.includes(type));
  const types = givenTypes.length === 0 && takenTypes.length > 0 ? ['anything'] : isNew;
  const [from, to] = [valuesOf(old), valuesOf(now)];
  const gone =
    direction === 'request' && to ? (from?.filter((value) => !to.includes(value)) ?? ['others']) : [];
  const unlisted = direction === 'response' && from && !to ? ['its list of values'] : [];
  return [
    ...(types.length > 0
      ? [direction === 'request' ? `no longer takes ${types}` : `may now be ${types}`]
      : []),
    ...(gone.length > 0 ? [`no longer takes ${gone}`] : []),
    ...(unlisted.length > 0 ? ['no longer lists its values'] : []),
    ...(direction === 'response' && old.format && old.format !== now.format
      ? [`is no longer a ${old.format}`]
      : []),
  ];
}

// an integer is a number as well
const typesOf = ({ type }: Schema): string[] => {
  const types = type === undefined ? [] : [type].flat();
  return types.includes('number') ? [...types, 'integer'] : types;
};

const valuesOf = (schema: Schema): unknown[] | undefined =>
  schema.const === undefined ? schema.enum : [schema.const];

function boundMisfits(old: Schema, now: Schema): string[] {
  const lower = UPPER.filter((name) => Number(now[name] ?? Infinity) < Number(old[name] ?? Infinity));
  const higher = LOWER.filter((name) => Number(now[name] ?? -Infinity) > Number(old[name] ?? -Infinity));
  const forms = (['pattern', 'format'] as const).filter((name) => now[name] && now[name] !== old[name]);
  return [...lower, ...higher, ...forms].map((name) => `has a narrower ${name}: ${now[name]}`);
}

function requiredMisfits(old: Schema, now: Schema, direction: Direction): string[] {
  const [given, wanted] = direction === 'request' ? [old, now] : [now, old];
  const missing = (wanted.required ?? []).filter((name) => !given.required?.includes(name));
  return missing.map((name) =>
    direction === 'request' ? `now requires ${name}` : `does not always have ${name} any more`,
  );
}

// Each form that is given has to fit one of those that are taken.
function variantMisfits(before: Side, after: Side, direction: Direction): string[] {
  const [old, now] = [variantsOf(before), variantsOf(after)];
  const [given, taken] = direction === 'request' ? [old, now] : [now, old];
  if (taken.length === 0) return [];
  if (given.length === 0) return ['has to have one of several forms'];
  const fits = (one: Side, other: Side) =>
    (direction === 'request' ? schemaMisfits(one, other, direction) : schemaMisfits(other, one, direction))
      .length === 0;
  const unfit = given.filter((one) => !taken.some((other) => fits(one, other)));
  return unfit.map(({ schema }) =>
    direction === 'request'
      ? `no longer takes the form ${JSON.stringify(schema)}`
      : `may now have the form ${JSON.stringify(schema)}`,
  );
}

const variantsOf = ({ document, schema }: Side): Side[] =>
  (schema?.anyOf ?? schema?.oneOf ?? []).map((variant) => ({ document, schema: variant }));
