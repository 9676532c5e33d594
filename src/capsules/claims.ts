/** How many more numbers are looked at than are needed, so that requests at the same moment seldom choose the same one. */
const SPREAD = 256;

/** Names a piece off the shelf: the third of `RNG-101` is `RNG-101/3`. */
export const claimOf = (sku: string, unit: number): string => `${sku}/${unit}`;

/** The number of a piece among those of its SKU; undefined for one of another. */
export function unitOf(sku: string, claim: string): number | undefined {
  const unit = claim.startsWith(`${sku}/`) ? claim.slice(sku.length + 1) : '';
  return /^\d+$/.test(unit) ? Number(unit) : undefined;
}

/**
 * Numbers for so many pieces of which `available` are on the shelf and these are taken; undefined when there are not as many. When
 * the shelf has shrunk, a taken piece may have a number beyond it: then one less of the others can be taken, so that
 * there are never more taken than there are.
 */
export function chooseUnits(
  available: number,
  taken: ReadonlySet<number>,
  wanted: number,
  random: () => number,
): number[] | undefined {
  const beyond = [...taken].filter((unit) => unit > available).length;
  const last = Math.min(available - beyond, taken.size + wanted + SPREAD);
  const free: number[] = [];
  for (let unit = 1; unit <= last; unit++) if (!taken.has(unit)) free.push(unit);
  if (free.length < wanted) return undefined;
  return Array.from({ length: wanted }, () => free.splice(Math.floor(random() * free.length), 1)).flat();
}
