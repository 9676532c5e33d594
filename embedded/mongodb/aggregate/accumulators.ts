// What $group makes of the values of a group.
import { ServerError } from '../errors.js';
import { double } from '../numbers.js';
import { keyOf } from '../order.js';
import { isNumeric, type Maybe, type Value } from '../values.js';
import { Sum } from './sum.js';

export interface Accumulator {
  add(v: Maybe): void;
  readonly result: Value;
}

class Total implements Accumulator {
  #sum = new Sum();
  add(v: Maybe): void {
    if (isNumeric(v)) this.#sum.add(v);
  }
  get result(): Value {
    return this.#sum.total;
  }
}

class Average implements Accumulator {
  #sum = new Sum();
  add(v: Maybe): void {
    if (isNumeric(v)) this.#sum.add(v);
  }
  get result(): Value {
    return this.#sum.count > 0 ? double(this.#sum.approximate / this.#sum.count) : null;
  }
}

// null and missing values do not count
class Extreme implements Accumulator {
  #best: { key: string; value: Value } | undefined;
  readonly #beats: (a: string, b: string) => boolean;
  constructor(beats: (a: string, b: string) => boolean) {
    this.#beats = beats;
  }
  add(v: Maybe): void {
    if (v === undefined || v === null) return;
    const key = keyOf(v);
    if (!this.#best || this.#beats(key, this.#best.key)) this.#best = { key, value: v };
  }
  get result(): Value {
    return this.#best?.value ?? null;
  }
}

class List implements Accumulator {
  readonly result: Value[] = [];
  add(v: Maybe): void {
    if (v !== undefined) this.result.push(v);
  }
}

class Distinct implements Accumulator {
  #values = new Map<string, Value>();
  add(v: Maybe): void {
    if (v === undefined) return;
    const key = keyOf(v);
    if (!this.#values.has(key)) this.#values.set(key, v);
  }
  get result(): Value {
    return [...this.#values.values()];
  }
}

class First implements Accumulator {
  #first: Maybe;
  #seen = false;
  add(v: Maybe): void {
    if (!this.#seen) this.#first = v;
    this.#seen = true;
  }
  get result(): Value {
    return this.#first ?? null;
  }
}

class Last implements Accumulator {
  result: Value = null;
  add(v: Maybe): void {
    this.result = v ?? null;
  }
}

class Count implements Accumulator {
  result = 0;
  add(): void {
    this.result++;
  }
}

const ACCUMULATORS: Record<string, () => Accumulator> = {
  $sum: () => new Total(),
  $avg: () => new Average(),
  $min: () => new Extreme((a, b) => a < b),
  $max: () => new Extreme((a, b) => a > b),
  $push: () => new List(),
  $addToSet: () => new Distinct(),
  $first: () => new First(),
  $last: () => new Last(),
  $count: () => new Count(),
};

export function accumulatorNamed(name: string): () => Accumulator {
  const make = Object.hasOwn(ACCUMULATORS, name) ? ACCUMULATORS[name] : undefined;
  if (make) return make;
  throw new ServerError(15952, `unknown group operator '${name}'`);
}

/** The result over a list of values. */
export function accumulate(name: string, values: readonly Maybe[]): Value {
  const accumulator = accumulatorNamed(name)();
  for (const v of values) accumulator.add(v);
  return accumulator.result;
}
