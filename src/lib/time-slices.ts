/** Long work is done in slices of this length, between which requests have their turn. */
const SLICE_MS = 4;
/** So many are sorted at once; then runs are merged. */
const RUN = 512;

export type Slices = ReturnType<typeof createSlices>;

/** Use: `if (slices.areOver()) await slices.pause()` in every loop over the whole catalogue. */
export function createSlices(sliceMs = SLICE_MS) {
  let since = performance.now();
  return {
    areOver: (): boolean => performance.now() - since >= sliceMs,
    async pause(): Promise<void> {
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    },
  };
}

type Compare = (a: number, b: number) => number;

/** The numbers below `count` in that order: a merge sort that pauses. Equal ones keep their order. */
export async function sortInSlices(count: number, compare: Compare, slices: Slices): Promise<Uint32Array> {
  let from = new Uint32Array(count);
  let to = new Uint32Array(count);
  for (let start = 0; start < count; start += RUN) {
    const run = from.subarray(start, start + RUN);
    for (let at = 0; at < run.length; at++) run[at] = start + at;
    run.sort(compare);
    if (slices.areOver()) await slices.pause();
  }
  for (let width = RUN; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width)
      await merge(
        from.subarray(start, start + width),
        from.subarray(start + width, start + 2 * width),
        to.subarray(start),
      );
    [from, to] = [to, from];
  }
  return from;

  async function merge(left: Uint32Array, right: Uint32Array, into: Uint32Array): Promise<void> {
    let l = 0;
    let r = 0;
    for (let at = 0; at < left.length + right.length; at++) {
      const a = left[l];
      const b = right[r];
      if (b === undefined || (a !== undefined && compare(a, b) <= 0)) {
        into[at] = a ?? 0;
        l++;
      } else {
        into[at] = b;
        r++;
      }
      if (at % RUN === 0 && slices.areOver()) await slices.pause();
    }
  }
}
