import AjvCompiler, { type BuildCompilerFromPool } from '@fastify/ajv-compiler';
import SerializerSelector, { type SerializerFactory } from '@fastify/fast-json-stringify-compiler';
import { readEmail } from '../../lib/values/email.js';

// A schema is compiled when the first request or answer needs it, and once in a process: all of them together were a third of the start,
// and half of what one more service costs a test. A schema that cannot be compiled fails the first call of its route; the tests call all.

type Compile<Compiled> = (route: { schema: object }) => Compiled;
type Validate = ((data: unknown, place?: object) => unknown) & { errors?: unknown };
type Serialize = (document: unknown) => string;

/** Makes one compiler for each set of shared schemas, which are told apart by their ids; it knows what it has compiled. */
function keeping<Compiled>(makeCompiler: (sharedSchemas: object) => Compile<Compiled>) {
  const compilers = new Map<string, Compile<Compiled>>();
  return (sharedSchemas: object): Compile<Compiled> => {
    const ids = Object.keys(sharedSchemas).join();
    let compileOnce = compilers.get(ids);
    if (!compileOnce) {
      const compile = makeCompiler(sharedSchemas);
      const known = new WeakMap<object, Compiled>();
      compileOnce = (route) => {
        const compiled = known.get(route.schema) ?? compile(route);
        known.set(route.schema, compiled);
        return compiled;
      };
      compilers.set(ids, compileOnce);
    }
    return compileOnce;
  };
}

const validatorsThat = (coerceTypes: 'array' | false) =>
  keeping((sharedSchemas) => {
    const customOptions = {
      formats: { 'idn-email': isEmailOrBlank },
      // examples are for the API document
      keywords: ['x-examples'],
      allowUnionTypes: true,
      removeAdditional: false,
      verbose: true,
      // that the schemas are schemas is seen when the API document is checked
      validateSchema: false,
      coerceTypes,
    };
    return AjvCompiler()(sharedSchemas as Record<string, object>, {
      customOptions,
    }) as Compile<Validate>;
  });

const coercing = validatorsThat('array');
const exact = validatorsThat(false);
const serializing = keeping(
  (sharedSchemas) => SerializerSelector()(sharedSchemas, {}) as unknown as Compile<Serialize>,
);

// by the one reader of addresses; blank is not given
const isEmailOrBlank = (text: string): boolean => text.trim() === '' || readEmail(text) !== undefined;

/** Query strings and parameters are texts and are coerced; a body says what it means, and legacy forms are in its schema. */
export const buildValidator: BuildCompilerFromPool = (sharedSchemas) => (route) => {
  // the compiler's typings say `schema` where Fastify hands over the route
  const { schema, httpPart, contentType } = route as {
    schema: object;
    httpPart?: string;
    contentType?: string;
  };
  // a form is checked part by part, by who reads it
  if (contentType === 'multipart/form-data') return (() => true) as never;
  let compiled: Validate | undefined;
  const validate: Validate = (data, place) => {
    compiled ??= (httpPart === 'body' ? exact : coercing)(sharedSchemas)({ schema });
    const valid = compiled(data, place);
    validate.errors = compiled.errors;
    return valid;
  };
  // by this Fastify knows a validator that may put another value in place of what it was given
  return Object.assign(validate, { schemaEnv: {} }) as never;
};

export const buildSerializer: SerializerFactory = (sharedSchemas) => (route) => {
  let serialize: Serialize | undefined;
  return (document) => {
    serialize ??= serializing(sharedSchemas as object)(route as { schema: object });
    return serialize(document);
  };
};
