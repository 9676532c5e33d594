// A sorted list of keys, each with the document it stands for, in blocks, so that an insertion moves few of them.
const BLOCK = 128;

interface Block {
  keys: string[];
  ids: string[];
}

interface Place {
  block: number;
  at: number;
}

export interface Entry {
  key: string;
  id: string;
}

export class SortedKeys {
  #blocks: Block[] = [];
  /** Where a key has just been looked for, while nothing has changed: it is counted and then read, or checked and then added. */
  #sought = '';
  #found: Place | undefined;
  readonly #full: number;
  size = 0;

  constructor(full = BLOCK) {
    this.#full = full;
  }

  /** Replaces everything, faster than one insertion after the other. */
  fill(entries: Entry[]): void {
    this.#found = undefined;
    entries.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    this.#blocks = [];
    const half = Math.ceil(this.#full / 2);
    for (let at = 0; at < entries.length; at += half) {
      const part = entries.slice(at, at + half);
      this.#blocks.push({ keys: part.map((e) => e.key), ids: part.map((e) => e.id) });
    }
    this.size = entries.length;
  }

  add(key: string, id: string): void {
    const { block, at } = this.#place(key);
    this.#found = undefined;
    const target = this.#blocks[block] ?? this.#lastBlock();
    const index = this.#blocks[block] ? at : target.keys.length;
    target.keys.splice(index, 0, key);
    target.ids.splice(index, 0, id);
    this.size++;
    if (target.keys.length > this.#full) this.#split(target);
  }

  remove(key: string): void {
    const { block, at } = this.#place(key);
    const target = this.#blocks[block];
    if (target?.keys[at] !== key) return;
    this.#found = undefined;
    target.keys.splice(at, 1);
    target.ids.splice(at, 1);
    this.size--;
    if (target.keys.length === 0) this.#blocks.splice(block, 1);
  }

  /** How many keys there are in [low, high). */
  count(low: string, high: string): number {
    const from = this.#place(low);
    const to = this.#end(from, high);
    let n = to.at - from.at;
    for (let b = from.block; b < to.block; b++) n += this.#blocks[b]?.keys.length ?? 0;
    return Math.max(0, n);
  }

  /** The ids under the keys in [low, high), in the order of the keys or backward. */
  *range(low: string, high: string, backward = false): Generator<string> {
    const from = this.#place(low);
    const to = this.#end(from, high);
    const step = backward ? -1 : 1;
    const [first, last] = backward ? [to.block, from.block] : [from.block, to.block];
    for (let b = first; backward ? b >= last : b <= last; b += step) {
      const ids = this.#blocks[b]?.ids ?? [];
      const start = b === from.block ? from.at : 0;
      const end = b === to.block ? to.at : ids.length;
      for (let i = backward ? end - 1 : start; backward ? i >= start : i < end; i += step) {
        const id = ids[i];
        if (id !== undefined) yield id;
      }
    }
  }

  /** The id under the first key that is not less. */
  first(low: string, high: string): string | undefined {
    const { block, at } = this.#place(low);
    const found = this.#blocks[block];
    const key = found?.keys[at];
    return key !== undefined && key < high ? found?.ids[at] : undefined;
  }

  // The place of `high`, from that of `low`: most intervals are a single value, under which there is one key, or none.
  #end(from: Place, high: string): Place {
    const keys = this.#blocks[from.block]?.keys ?? [];
    for (let at = from.at; at < from.at + 2; at++) {
      const key = keys[at];
      if (key !== undefined && key >= high) return { block: from.block, at };
    }
    return this.#place(high);
  }

  // Where the first key stands that is not less than this one; one block too far when there is none.
  #place(key: string): Place {
    if (this.#found && this.#sought === key) return this.#found;
    const blocks = this.#blocks;
    let block = 0;
    for (let high = blocks.length; block < high; ) {
      const middle = (block + high) >>> 1;
      const { keys } = blocks[middle] as Block;
      if ((keys[keys.length - 1] as string) < key) block = middle + 1;
      else high = middle;
    }
    const keys = blocks[block]?.keys ?? [];
    let at = 0;
    for (let high = keys.length; at < high; ) {
      const middle = (at + high) >>> 1;
      if ((keys[middle] as string) < key) at = middle + 1;
      else high = middle;
    }
    this.#sought = key;
    this.#found = { block, at };
    return this.#found;
  }

  #lastBlock(): Block {
    const last = this.#blocks.at(-1);
    if (last) return last;
    const block = { keys: [], ids: [] };
    this.#blocks.push(block);
    return block;
  }

  #split(block: Block): void {
    const half = block.keys.length >>> 1;
    const rest = { keys: block.keys.splice(half), ids: block.ids.splice(half) };
    this.#blocks.splice(this.#blocks.indexOf(block) + 1, 0, rest);
  }
}
