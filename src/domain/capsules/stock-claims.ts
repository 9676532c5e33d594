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
 * the shelf has shrunk, pieces may be taken whose numbers lie beyond it. So numbers are chosen up to one below which, even if all of them
 * were taken, there would be no more than there are: whoever chooses at the same moment, the sum holds.
 */
export function chooseUnits(
  available: number,
  taken: ReadonlySet<number>,
  wanted: number,
  random: () => number,
): number[] | undefined {
  let beyond = [...taken].filter((unit) => unit > available).length;
  let last = available;
  for (; last > 0 && last + beyond > available; last--) if (taken.has(last)) beyond++;
  const free: number[] = [];
  for (let unit = 1; unit <= Math.min(last, taken.size + wanted + SPREAD); unit++)
    if (!taken.has(unit)) free.push(unit);
  if (free.length < wanted) return undefined;
  return Array.from({ length: wanted }, () => free.splice(Math.floor(random() * free.length), 1)).flat();
}
