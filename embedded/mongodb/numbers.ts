// Numbers of every BSON type in one exact order, and the sums of ints, longs and doubles.
import { Decimal128, Double, Long } from 'bson';
import { badValue } from './errors.js';
import type { Numeric } from './values.js';

const bits = new DataView(new ArrayBuffer(8));
const bytes = Buffer.from(bits.buffer);
const EXACT = '\0';
const ABOVE = '\x01';

/** Eight characters that sort as the double does; NaN comes first. */
export function doubleKey(n: number): string {
  if (Number.isNaN(n)) return '\0\0\0\0\0\0\0\0';
  bits.setFloat64(0, n === 0 ? 0 : n);
  const high = bits.getUint32(0);
  const negative = high >= 0x80000000;
  bits.setUint32(0, (negative ? ~high : high | 0x80000000) >>> 0);
  if (negative) bits.setUint32(4, ~bits.getUint32(4) >>> 0);
  return bytes.toString('latin1', 0, 8);
}

/** A key that sorts as the number does: the double below it, and what the number has above that double. */
export function numberKey(v: Numeric): string {
  if (typeof v === 'number') return doubleKey(v) + EXACT;
  if (v instanceof Double) return doubleKey(v.value) + EXACT;
  if (v instanceof Decimal128) return decimalKey(v.toString());
  const n = v.toNumber();
  return Number.isSafeInteger(n) ? doubleKey(n) + EXACT : exactKey(v.toBigInt(), 0);
}

function decimalKey(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]?\d+))?$/.exec(text);
  if (!parts) return doubleKey(Number(text)) + EXACT; // NaN and the infinities
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  return exactKey(BigInt(`${sign}${whole}${fraction}`), Number(exponent) - fraction.length);
}

// coefficient * 10 ** exponent
function exactKey(coefficient: bigint, exponent: number): string {
  const nearest = Number(`${coefficient}e${exponent}`);
  if (!Number.isFinite(nearest))
    throw badValue('a Decimal128 beyond the range of doubles cannot be compared');
  const above = excess(coefficient, exponent, nearest);
  if (above.amount === 0n) return doubleKey(nearest) + EXACT;
  if (above.amount > 0n) return doubleKey(nearest) + tail(above);
  const below = nextBelow(nearest);
  return doubleKey(below) + tail(excess(coefficient, exponent, below));
}

interface Excess {
  amount: bigint; // what the number has above the double, times ten to the power of `digits`
  digits: number;
  width: number; // decimal places, counted from the point, that hold any excess over this double
}

function excess(coefficient: bigint, exponent: number, n: number): Excess {
  const { mantissa, shift } = decompose(n);
  const digits = Math.max(-exponent, -shift, 0);
  const scaled = coefficient * 10n ** BigInt(exponent + digits);
  // 10 ** digits has enough factors of two to make up for a negative shift
  const power = 10n ** BigInt(digits);
  const double = shift < 0 ? mantissa * (power >> BigInt(-shift)) : (mantissa << BigInt(shift)) * power;
  return { amount: scaled - double, digits, width: Math.ceil(shift * Math.log10(2)) + 1 };
}

const tail = ({ amount, digits, width }: Excess) =>
  `${ABOVE}${String(amount)
    .padStart(digits + width, '0')
    .replace(/0+$/, '')}\0`;

function decompose(n: number): { mantissa: bigint; shift: number } {
  bits.setFloat64(0, n);
  const raw = bits.getBigUint64(0);
  const exponent = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: n < 0 ? -mantissa : mantissa, shift: Math.max(exponent, 1) - 1075 };
}

function nextBelow(n: number): number {
  if (n === 0) return -Number.MIN_VALUE;
  bits.setFloat64(0, n);
  bits.setBigUint64(0, bits.getBigUint64(0) + (n > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}

export const isInt32 = (n: number) => n === (n | 0) && !Object.is(n, -0);

/** The double n as a value: wrapped when it would otherwise read as an int32. */
export const double = (n: number): Numeric => (isInt32(n) ? new Double(n) : n);

type Arithmetic = '+' | '-' | '*';

const ON_DOUBLES = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
};
const ON_INTEGERS = {
  '+': (a: bigint, b: bigint) => a + b,
  '-': (a: bigint, b: bigint) => a - b,
  '*': (a: bigint, b: bigint) => a * b,
};

export function toDouble(v: Numeric): number {
  if (v instanceof Decimal128) throw badValue('arithmetic with Decimal128 is not supported');
  return typeof v === 'number' ? v : v instanceof Double ? v.value : v.toNumber();
}

/** int with int is an int or, beyond 32 bits, a long; with a double it is a double; undefined beyond 64 bits. */
export function calculate(op: Arithmetic, a: Numeric, b: Numeric): Numeric | undefined {
  const x = toDouble(a);
  const y = toDouble(b);
  if (!isWhole(a) || !isWhole(b)) return double(ON_DOUBLES[op](x, y));
  const n = ON_DOUBLES[op](x, y);
  const long = a instanceof Long || b instanceof Long;
  if (!long && isInt32(n)) return n;
  const exact = ON_INTEGERS[op](toBigInt(a), toBigInt(b));
  return BigInt.asIntN(64, exact) === exact ? Long.fromBigInt(exact) : undefined;
}

const isWhole = (v: Numeric): v is number | Long =>
  v instanceof Long || (typeof v === 'number' && isInt32(v));
const toBigInt = (v: number | Long) => (typeof v === 'number' ? BigInt(v) : v.toBigInt());
