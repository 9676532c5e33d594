import { Counter, Histogram, type LabelValues } from 'prom-client';

/** What prom-client keeps of a metric under one set of labels, and tells when it is asked. */
interface Kept {
  labels: object;
  bucketValues: Record<number, number>;
  sum: number;
  count: number;
  value: number;
}

/** The part of a metric that its type does not name. */
interface Keeping {
  hashMap: Record<string, Kept>;
  upperBounds: readonly number[];
}

/** What a metric has just begun to keep under these labels. */
function begun(metric: object, labels: object): Kept {
  const kept = Object.values((metric as Keeping).hashMap).find((one) => one.labels === labels);
  if (!kept) throw new Error('prom-client keeps its values otherwise than it did');
  return kept;
}

/**
 * A histogram of what each request does. prom-client checks and hashes the labels of each value, also for the children that its `labels()`
 * gives; here that is done once: `child` names a set of labels, which are made when it comes first.
 */
export class BoundHistogram<Label extends string> extends Histogram<Label> {
  readonly #children = new Map<string, Kept>();

  observeAs(child: string, labelsOf: () => LabelValues<Label>, value: number): void {
    let kept = this.#children.get(child);
    if (!kept) {
      const labels = labelsOf();
      this.zero(labels);
      kept = begun(this, labels);
      this.#children.set(child, kept);
    }
    const bound = (this as unknown as Keeping).upperBounds.find((one) => value <= one);
    if (bound !== undefined) kept.bucketValues[bound] = (kept.bucketValues[bound] ?? 0) + 1;
    kept.sum += value;
    kept.count += 1;
  }
}

/** A counter, as `BoundHistogram`. */
export class BoundCounter<Label extends string> extends Counter<Label> {
  readonly #children = new Map<string, Kept>();

  incAs(child: string, labelsOf: () => LabelValues<Label>): void {
    let kept = this.#children.get(child);
    if (!kept) {
      const labels = labelsOf();
      this.inc(labels, 0);
      kept = begun(this, labels);
      this.#children.set(child, kept);
    }
    kept.value += 1;
  }
}
