/** Where and how dates are shown to customers. */
export interface Shop {
  /** IANA name. */
  timeZone: string;
  locale: string;
}

// Making a formatter costs more than all the rest of a timeline.
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter({ timeZone, locale }: Shop, withYear: boolean): Intl.DateTimeFormat {
  const key = `${timeZone} ${locale} ${withYear}`;
  const known = formatters.get(key);
  if (known) return known;
  const year = withYear ? { year: 'numeric' as const } : {};
  const made = new Intl.DateTimeFormat(locale, { timeZone, month: 'short', day: 'numeric', ...year });
  formatters.set(key, made);
  return made;
}

/** `Aug 22`, and with the year when it is not this one. */
export function shortDate(date: Date, now: Date, shop: Shop): string {
  const yearOf = (value: Date) =>
    formatter(shop, true)
      .formatToParts(value)
      .find(({ type }) => type === 'year')?.value;
  return formatter(shop, yearOf(date) !== yearOf(now)).format(date);
}
