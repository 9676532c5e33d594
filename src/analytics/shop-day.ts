/** The day of a time in a time zone, as `2026-11-25`: texts of days sort as the days do. */
export function dayIn(timeZone: string): (at: Date) => string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (at) => parts.format(at);
}
