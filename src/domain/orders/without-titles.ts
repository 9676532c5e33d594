import type { OrderLine } from './order.js';

/** A sentence about an order for someone who only knows its number: what is in it is not told. */
export function withoutTitles(text: string, lines: readonly Pick<OrderLine, 'title'>[]): string {
  const titles = lines.map(({ title }) => title).sort((a, b) => b.length - a.length);
  return titles
    .reduce((rest, title) => rest.replaceAll(title, 'this piece'), text)
    .replace(/this piece(, this piece)+/g, 'these pieces')
    .replace(/(^|\. )t(?=h(is|ese) piece)/g, '$1T');
}
