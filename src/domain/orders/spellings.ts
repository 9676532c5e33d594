import { Long } from 'mongodb';
import { orderNumberForm } from '../../lib/values/order-number.js';

/** As an order number may stand in a document. */
export type StoredNumber = string | number | Long;

/** A text as the shop may have stored it: what has only digits may be a number there. */
export function storedAs(orderNumber: string): StoredNumber[] {
  if (!/^\d{1,18}$/.test(orderNumber) || /^0\d/.test(orderNumber)) return [orderNumber];
  const number = Number(orderNumber);
  return [orderNumber, Number.isSafeInteger(number) ? number : Long.fromString(orderNumber)];
}

/** The common spellings of a normal form: those that the shop's own index finds at once. `GG9001` → `GG-9001`, `gg-9001`, `#GG-9001`, … */
export function commonSpellings(form: string): StoredNumber[] {
  const hyphenated = form.replace(/^(\p{L}+)(\d)/u, '$1-$2');
  const upper = [...new Set([hyphenated, form])];
  const texts = [...upper, ...upper.map((text) => text.toLowerCase()), ...upper.map((text) => `#${text}`)];
  return [...new Set(texts.flatMap(storedAs))];
}

/** The normal forms that a typed number may mean: as it is, and with the shop's prefix or without it. */
export function meantForms(typed: string, prefix = ''): string[] {
  const form = orderNumberForm(typed);
  const lead = orderNumberForm(prefix);
  if (form === undefined) return [];
  if (lead === undefined) return [form];
  if (/^\d/.test(form)) return [form, `${lead}${form}`];
  const rest = form.slice(lead.length);
  return form.startsWith(lead) && /^\d/.test(rest) ? [form, rest] : [form];
}

/** As what a typed number may stand in a document, the likeliest first. */
export const spellings = (typed: string, prefix?: string): StoredNumber[] => [
  ...new Set([typed.trim(), ...meantForms(typed, prefix).flatMap(commonSpellings)]),
];
