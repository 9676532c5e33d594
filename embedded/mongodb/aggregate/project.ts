// The stage $project: inclusion, exclusion, and computed fields.
import { badValue, ServerError } from '../errors.js';
import { addPath, mixed, projection, type Tree } from '../project.js';
import { type Doc, isDoc, isNumeric, isTrue, type Stage, type Value } from '../values.js';
import { checkOutputName, compileExpression, type Expression, isOperator } from './expressions.js';

interface Parts {
  flags: { name: string; include: boolean }[];
  computed: { name: string; value: Expression }[];
}

export function project(spec: Value): Stage {
  if (!isDoc(spec)) throw new ServerError(15969, '$project specification must be an object');
  if (Object.keys(spec).length === 0) {
    throw new ServerError(51272, 'Invalid $project: projection specification must have at least one field');
  }
  const parts: Parts = { flags: [], computed: [] };
  for (const [name, arg] of Object.entries(spec)) sortOut(name, arg, parts);
  const run = compose(parts);
  return (docs) => docs.map(run);
}

// A nested object that is no operator stands for dotted paths.
function sortOut(name: string, arg: Value, parts: Parts): void {
  if (typeof arg === 'boolean' || isNumeric(arg)) {
    parts.flags.push({ name, include: isTrue(arg) });
  } else if (isDoc(arg) && !Object.keys(arg).some((key) => key.startsWith('$'))) {
    if (Object.keys(arg).length === 0) {
      throw new ServerError(51270, 'An empty sub-projection is not a valid value.');
    }
    for (const [key, below] of Object.entries(arg)) sortOut(`${name}.${key}`, below, parts);
  } else {
    const [operator = ''] = isDoc(arg) ? Object.keys(arg) : [];
    if (isDoc(arg) && !isOperator(operator)) throw new ServerError(31325, `Unknown expression ${operator}`);
    if (name.includes('.')) throw badValue(`the computed field '${name}' inside a document is not supported`);
    checkOutputName(name);
    parts.computed.push({ name, value: compileExpression(arg) });
  }
}

function compose({ flags, computed }: Parts): (doc: Doc) => Doc {
  const id = flags.find((f) => f.name === '_id')?.include;
  const others = flags.filter((f) => f.name !== '_id');
  const include = computed.length > 0 ? true : (others[0]?.include ?? id ?? true);
  const tree: Tree = new Map();
  for (const flag of others) {
    if (flag.include !== include) throw mixed(flag.name, flag.include);
    addPath(tree, flag.name);
  }
  for (const { name } of computed) addPath(tree, name);
  for (const { name } of computed) tree.delete(name);
  const pick = projection(tree, include, id ?? true);
  return (doc) => {
    const out = pick(doc);
    for (const { name, value } of computed) {
      const v = value(doc);
      if (v === undefined) delete out[name];
      else out[name] = v;
    }
    return out;
  };
}
