/*
 * The documents of a collection, found by the key of their _id, and in the order in which they came. One large map would move all
 * of its entries at once when it grows, and keep everyone waiting: there are many small ones, and the order is a chain.
 */
import type { Doc, Stored } from './values.js';

const MAPS = 256;

interface Link extends Stored {
  readonly id: string;
  before: Link | undefined;
  next: Link | undefined;
  isGone: boolean;
}

export class Documents {
  size = 0;
  readonly #maps: (Map<string, Link> | undefined)[] = [];
  #first: Link | undefined;
  #last: Link | undefined;

  get(id: string): Stored | undefined {
    return this.#maps[mapOf(id)]?.get(id);
  }

  /** In the place of the one with this key or, when there is none, as the last. */
  set(id: string, doc: Doc, size: number): void {
    const at = mapOf(id);
    let map = this.#maps[at];
    const there = map?.get(id);
    if (there) {
      there.doc = doc;
      there.size = size;
      return;
    }
    const link: Link = { doc, size, id, before: this.#last, next: undefined, isGone: false };
    if (this.#last) this.#last.next = link;
    else this.#first = link;
    this.#last = link;
    if (!map) {
      map = new Map();
      this.#maps[at] = map;
    }
    map.set(id, link);
    this.size++;
  }

  delete(id: string): void {
    const map = this.#maps[mapOf(id)];
    const link = map?.get(id);
    if (!map || !link) return;
    map.delete(id);
    this.size--;
    // it still leads on, as someone may have stopped there
    link.isGone = true;
    if (link.before) link.before.next = link.next;
    else this.#first = link.next;
    if (link.next) link.next.before = link.before;
    else this.#last = link.before;
  }

  /** Documents may come and go meanwhile. Those that come may be left out, those that have gone are. */
  *values(): Generator<Stored & { readonly id: string }> {
    for (let link = this.#first; link; link = link.next) if (!link.isGone) yield link;
  }
}

function mapOf(id: string): number {
  let hash = 0;
  for (let i = 0; i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (MAPS - 1);
}
