const SLICE_MS = 4;

/** Long work in slices of time: between two of them the server answers whoever waits. */
export class Turns {
  #end = performance.now() + SLICE_MS;

  /** Whether what has been done since the last turn is a slice. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Lets everything else that is due have its turn. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#end = performance.now() + SLICE_MS;
  }
}
