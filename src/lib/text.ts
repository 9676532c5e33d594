/** The text without the white space around it, or undefined when nothing is left: the widget sends `""` for "not given". */
export function present(value: string | undefined | null): string | undefined {
  const text = value?.trim();
  return text ? text : undefined;
}

/** A number that may have come as a numeric string. The schemas let nothing else through. */
export function toNumber(value: number | string | undefined): number | undefined {
  if (value === undefined || value === '') return undefined;
  return typeof value === 'number' ? value : Number(value);
}

/** `ana@example.com` → `a•••@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  return at < 1 ? '•••' : `${email[0]}•••${email.slice(at)}`;
}

/**
 * `1Z999AA10123456784` → `**6784`; the last four characters say something only of a text that has many more. Of letters that every
 * telephone has: with others a text message holds half as much.
 */
export const maskTail = (value: string): string => (value.length >= 8 ? `**${value.slice(-4)}` : '**');
