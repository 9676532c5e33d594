/** An order number as typed, and as the shop writes it: `gg 12 001`, `#GG-12001`, `GG–12001` → `GG12001`, `GG-12001`. */
export function spellings(typed: string): string[] {
  const trimmed = typed.trim();
  const upper = trimmed
    .replace(/[\s#]+/g, '')
    .replace(/\p{Dash}+/gu, '-')
    .toUpperCase();
  const hyphenated = upper.replace(/^([A-Z]+)(\d+)$/, '$1-$2');
  return [...new Set([trimmed, upper, hyphenated])];
}
