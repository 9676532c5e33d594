import type { Template } from './message-texts.js';

/** A value is data of the shop or the customer: lines of plain text. One that is not given is empty. */
export type Values = Partial<Record<string, string>>;

export const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

export interface RenderedEmail {
  subject: string;
  text: string;
  html: string;
}

/** An email of a template. In the HTML every value is escaped, whoever wrote the template. */
export function renderEmail(template: Template, values: Values): RenderedEmail {
  const text = tidy(fill(template.text, values));
  return {
    subject: oneLine(fill(template.subject, values)),
    text,
    html: template.html ? fill(template.html, values, htmlOf) : paragraphsOf(text),
  };
}

/** A day and a time, as the shop writes them, and of which zone: who reads it may be in another. */
export const momentOf = (at: Date, { locale, timeZone }: { locale: string; timeZone: string }): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);

/** White space and control characters as single spaces: a value cannot begin a line, or a header, of its own. */
export const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** The words of a template with its values, each in that form. */
export function fill(template: string, values: Values, form: (value: string) => string = cleaned): string {
  return template.replace(PLACEHOLDER, (_all, name: string) =>
    form(Object.hasOwn(values, name) ? (values[name] ?? '') : ''),
  );
}

const cleaned = (value: string): string => value.split('\n').map(oneLine).join('\n');
const htmlOf = (value: string): string => escapeHtml(cleaned(value)).replaceAll('\n', '<br>');

// A paragraph of which nothing is left leaves no gap.
const tidy = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

function paragraphsOf(text: string): string {
  const paragraphs = text.split('\n\n').map((part) => `<p>${linked(part).replaceAll('\n', '<br>')}</p>`);
  return `<!doctype html>\n<html><body>\n${paragraphs.join('\n')}\n</body></html>\n`;
}

// Addresses as links. What ends a sentence is no part of one.
const linked = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/)
    .map((part, index) => {
      const escaped = escapeHtml(part);
      return index % 2 === 1 ? `<a href="${escaped}">${escaped}</a>` : escaped;
    })
    .join('');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}
