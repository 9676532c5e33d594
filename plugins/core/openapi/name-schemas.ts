import { isDeepStrictEqual } from 'node:util';

type Part = Record<string, unknown>;

interface WithComponents {
  components?: Record<string, unknown>;
  paths?: object;
  webhooks?: object;
}

/** A title of this form is the name of a component; any other one is for people (`a number as text`). */
const NAME = /^[A-Z][A-Za-z]+$/;
/** What stands under these is a value, not a schema. */
const VALUES = new Set(['example', 'examples', 'enum', 'const', 'default']);
const MAPS = new Set(['properties', 'patternProperties']);

/**
 * Every schema with a name stands once, among the components, and is referred to by that name: clients that are generated from the
 * document have one type for it, called so. Examples go from the schemas to the bodies that they show.
 */
export function nameSchemas<T extends WithComponents>({ components, paths, webhooks, ...document }: T): T {
  const schemas: Record<string, Part> = {};

  const visit = (part: unknown, isMap = false): unknown => {
    if (Array.isArray(part)) return part.map((inner) => visit(inner));
    if (part === null || typeof part !== 'object') return part;
    const { 'x-examples': _, ...all } = part as Part;
    const shown = isMap ? undefined : (all.schema as Part | undefined)?.['x-examples'];
    const visited: Part = Object.fromEntries(
      Object.entries(shown ? { ...all, examples: shown } : all).map(([key, value]) => [
        key,
        !isMap && VALUES.has(key) ? value : visit(value, !isMap && MAPS.has(key)),
      ]),
    );
    const { title, ...schema } = visited;
    return !isMap && typeof title === 'string' && NAME.test(title) ? component(title, schema) : visited;
  };

  const component = (name: string, { description, ...schema }: Part): Part => {
    const ref = { $ref: `#/components/schemas/${name}` };
    schemas[name] ??= { ...(description !== undefined && { description }), ...schema };
    const { description: said, ...known } = schemas[name];
    if (!isDeepStrictEqual(known, schema)) throw new Error(`Two different schemas are called ${name}`);
    return description === undefined || description === said ? ref : { description, ...ref };
  };

  for (const [name, shared] of Object.entries((components?.schemas ?? {}) as Record<string, Part>)) {
    const { $id: _, title: __, ...schema } = shared;
    schemas[name] = visit(schema) as Part;
  }
  const named = {
    ...document,
    components: { ...components, schemas },
    paths: visit(paths, true),
    webhooks: visit(webhooks, true),
  };
  named.components.schemas = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  return named as object as T;
}
