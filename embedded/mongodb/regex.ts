// Regular expressions: the constructs that PCRE and JavaScript both have, translated where they mean something else.
// Everything that only one of them has, or that they read differently, is refused.
import { BSONRegExp } from 'bson';
import { badValue, ServerError } from './errors.js';
import { isRegex, type Maybe, type Regex, type Value } from './values.js';

const SPACES = '\\t\\n\\v\\f\\r ';
// `$` also matches before a final line feed in PCRE
const END = '(?=\\n?(?![\\s\\S]))';

const invalid = (why: string) => new ServerError(51091, `Regular expression is invalid: ${why}`);

/** A test for strings, from a regular expression or the operands of `$regex` and `$options`. */
export function compileRegex(arg: Value, options?: Maybe): (v: Maybe) => boolean {
  const { source, flags } = regexParts(arg, options);
  for (const flag of flags) {
    if (!'ims'.includes(flag)) throw new ServerError(51108, `invalid flag in regex options: ${flag}`);
  }
  const regex = build(source, flags);
  return (v) => typeof v === 'string' && regex.test(v);
}

function regexParts(arg: Value, options?: Maybe): { source: string; flags: string } {
  if (options !== undefined && typeof options !== 'string') throw badValue('$options has to be a string');
  if (typeof arg === 'string') return { source: arg, flags: options ?? '' };
  if (!isRegex(arg)) throw badValue('$regex has to be a string');
  const own = ofRegex(arg);
  if (own.flags && options !== undefined) {
    throw new ServerError(51075, 'options set in both $regex and $options');
  }
  return { source: own.source, flags: options ?? own.flags };
}

const ofRegex = (regex: Regex) =>
  regex instanceof BSONRegExp
    ? { source: regex.pattern, flags: regex.options }
    : { source: regex.source, flags: regex.flags };

function build(source: string, flags: string): RegExp {
  if (source.includes('\0')) throw invalid('it contains a null byte');
  try {
    return new RegExp(translate(source, flags.includes('m')), `u${flags}`);
  } catch (error) {
    throw error instanceof ServerError ? error : invalid(error instanceof Error ? error.message : 'syntax');
  }
}

function translate(source: string, multiline: boolean): string {
  let out = '';
  let inClass = false;
  for (const [token] of source.matchAll(/\\[\s\S]|\(\?.{0,2}|\[\^?\]?|[\s\S]/gu)) {
    if (token.startsWith('\\')) out += escaped(token.slice(1), inClass);
    else if (inClass) {
      if (token.startsWith('[')) throw invalid('a [ inside a character class');
      inClass = token !== ']';
      out += token;
    } else if (token.startsWith('[')) {
      if (token.endsWith(']')) throw invalid('a ] at the beginning of a character class');
      inClass = true;
      out += token;
    } else out += outside(token, multiline);
  }
  return out;
}

function outside(token: string, multiline: boolean): string {
  if (token.startsWith('(?') && !/^\(\?[:=!]/.test(token)) throw invalid(`${token} is not supported`);
  if (token === '.') return '.';
  return token === '$' && !multiline ? END : token;
}

const CLASSES = 'dDwWbBnrtf';
function escaped(char: string, inClass: boolean): string {
  if (!/[a-z0-9]/i.test(char)) return `\\u{${char.codePointAt(0)?.toString(16)}}`;
  if (char === 's') return inClass ? SPACES : `[${SPACES}]`;
  if (char === 'S' && !inClass) return `[^${SPACES}]`;
  if (!CLASSES.includes(char) || (inClass && 'bB'.includes(char)))
    throw invalid(`\\${char} is not supported`);
  return `\\${char}`;
}

/** The text with which every match begins, for a regular expression anchored at the beginning of the string. */
export function literalPrefix(arg: Value, options?: Maybe): string | undefined {
  const { source, flags } = regexParts(arg, options);
  if (!source.startsWith('^') || flags !== '' || source.includes('|')) return undefined;
  const plain = /^\^((?:[^\\.*+?()[\]{}^$|]|\\[^a-zA-Z0-9])*)([*?{])?/u.exec(source);
  const text = (plain?.[1] ?? '').replace(/\\(.)/gsu, '$1');
  const sure = plain?.[2] ? [...text].slice(0, -1).join('') : text;
  return sure === '' ? undefined : sure;
}
