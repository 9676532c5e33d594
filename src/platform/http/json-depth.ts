/** No call of ours nests half as deep; what walks a body may call itself for each level. */
export const MAX_JSON_DEPTH = 32;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];

/** Whether a JSON text opens more than that many arrays and objects within each other. One look at each letter; the text need not be valid. */
export function isTooDeep(json: string, maxDepth = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < json.length; at++) {
    const letter = json.charCodeAt(at);
    if (letter === QUOTE) isInText = !isInText;
    else if (isInText) at += letter === BACKSLASH ? 1 : 0;
    else if (OPENING.includes(letter)) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (CLOSING.includes(letter)) depth -= 1;
  }
  return false;
}
