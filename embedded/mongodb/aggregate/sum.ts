// Sums as MongoDB makes them: exact among integers, and with the rounding errors of doubles carried along.
import { Long } from 'bson';
import { double, toDouble } from '../numbers.js';
import type { Numeric } from '../values.js';

export class Sum {
  count = 0;
  #integers = 0n;
  #whole = true;
  #long = false;
  #high = 0;
  #low = 0;
  #simple = 0; // for infinities, of which the error would not be a number

  add(v: Numeric): void {
    this.count++;
    const n = toDouble(v);
    if (v instanceof Long) this.#addLong(v);
    else {
      const isInt = typeof v === 'number' && v === (v | 0);
      if (isInt) this.#integers += BigInt(v);
      this.#whole &&= isInt;
      this.#addDouble(n);
    }
  }

  /** An int or a long while only integers came in and they fit, else a double. */
  get total(): Numeric {
    const n = this.#integers;
    if (!this.#whole || BigInt.asIntN(64, n) !== n) return double(this.approximate);
    return this.#long || BigInt.asIntN(32, n) !== n ? Long.fromBigInt(n) : Number(n);
  }

  get approximate(): number {
    const n = this.#high + this.#low;
    return Number.isNaN(n) ? this.#simple : n;
  }

  #addLong(v: Long): void {
    this.#long = true;
    this.#integers += v.toBigInt();
    this.#addDouble(v.getHighBits() * 2 ** 32);
    this.#addDouble(v.getLowBitsUnsigned());
  }

  #addDouble(x: number): void {
    this.#simple += x;
    const sum = this.#high + x;
    const part = sum - this.#high;
    this.#low += this.#high - (sum - part) + (x - part);
    this.#high = sum;
  }
}
