/** Clocks differ from UTC by whole quarters of an hour: within one of them the day does not change. */
const QUARTER_MS = 15 * 60_000;

/** The day of a time in a time zone, as `2026-11-25`: texts of days sort as the days do. */
export function dayIn(timeZone: string): (at: Date) => string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  // nearly all times are of now, and to format one takes longer than the rest of an event
  let latest = { quarter: Number.NaN, day: '' };
  return (at) => {
    const quarter = Math.floor(at.getTime() / QUARTER_MS);
    if (quarter !== latest.quarter) latest = { quarter, day: parts.format(at) };
    return latest.day;
  };
}
