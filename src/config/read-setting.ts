import { type Static, type TObject, type TProperties, type TSchema, Type } from '@sinclair/typebox';

/** What the environment has for some settings, read by their schemas. */
export type Values<Settings extends TProperties> = Static<TObject<Settings>>;

export const flag = (value: boolean, description: string) => Type.Boolean({ default: value, description });

/** What a setting means and what it may be, in a sentence or two. */
export function meaningOf({ description = '', minimum, maximum }: TSchema): string {
  const range = maximum === undefined ? `At least ${minimum}` : `From ${minimum} to ${maximum}`;
  return `${description.replace(/\.$/, '')}.${minimum === undefined ? '' : ` ${range}.`}`;
}

/** The parts of a text such as `a, b`, without what is empty. */
export const listOf = (text = '', separator = ','): string[] =>
  text
    .split(separator)
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What a setting names, such as a file; what is wrong with it goes to the problems. */
export function tryReading<Content>(
  name: string,
  problems: string[],
  read: () => Content,
): Content | undefined {
  try {
    return read();
  } catch (error) {
    problems.push(`${name} cannot be used: ${(error as Error).message}`);
    return undefined;
  }
}
