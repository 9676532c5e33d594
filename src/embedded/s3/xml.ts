import { S3Error } from './errors.js';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const MAX_DEPTH = 20;
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<(?<close>\/?)(?<name>[A-Za-z_][\w:.-]*)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** A piece of XML that is escaped already, as opposed to a plain string, which is text. */
export interface Fragment {
  readonly xml: string;
}

export interface XmlNode {
  name: string;
  text: string;
  children: XmlNode[];
}

export type Content = Fragment | string | number | boolean | null;

export function element(name: string, ...content: readonly Content[]): Fragment {
  return { xml: `<${name}>${content.map(render).join('')}</${name}>` };
}

export function xmlDocument(name: string, ...content: readonly Content[]): string {
  return `${DECLARATION}<${name} xmlns="${NAMESPACE}">${content.map(render).join('')}</${name}>`;
}

/** S3's error document is the one without a namespace. */
export function errorDocument(elements: Readonly<Record<string, string>>): string {
  const children = Object.entries(elements).map(([name, text]) => element(name, text));
  return DECLARATION + element('Error', ...children).xml;
}

function render(content: Content): string {
  if (content === null) return '';
  return typeof content === 'object' ? content.xml : escapeText(String(content));
}

function escapeText(text: string): string {
  // Control characters too: a key may hold them, and a bare carriage return would be read back as a line feed.
  return text.replace(/[<>&"'\p{Cc}]/gu, (char) => `&#${char.charCodeAt(0)};`);
}

/** Parses the small documents that S3's operations send. Anything else (DTDs, CDATA, mixed content) is refused. */
export function parseXml(source: string): XmlNode {
  const top: XmlNode = { name: '', text: '', children: [] };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    const parent = open.at(-1);
    // A failed match resets lastIndex, which would start the document again.
    if (!parent || groups === undefined) throw new S3Error('MalformedXML');
    if (groups.text !== undefined) parent.text += unescapeText(groups.text);
    else if (groups.close) closeElement(open, localName(groups.name));
    else if (groups.name) openElement(open, parent, localName(groups.name), groups.empty === '/');
  }
  const root = top.children[0];
  if (!root || open.length !== 1 || top.children.length !== 1 || top.text.trim() !== '') {
    throw new S3Error('MalformedXML');
  }
  return root;
}

function openElement(open: XmlNode[], parent: XmlNode, name: string, isEmpty: boolean): void {
  const node: XmlNode = { name, text: '', children: [] };
  parent.children.push(node);
  if (!isEmpty) open.push(node);
  if (open.length > MAX_DEPTH) throw new S3Error('MalformedXML');
}

function closeElement(open: XmlNode[], name: string): void {
  const node = open.pop();
  const isMixed = node && node.children.length > 0 && node.text.trim() !== '';
  if (node?.name !== name || isMixed) throw new S3Error('MalformedXML');
}

function localName(name = ''): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescapeText(text: string): string {
  return text.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const char = /^#/.test(name) ? fromReference(name) : ENTITIES[name];
    if (char === undefined || !whole.endsWith(';')) throw new S3Error('MalformedXML');
    return char;
  });
}

function fromReference(name: string): string | undefined {
  const digits = /^#x([0-9a-f]{1,6})$/i.exec(name)?.[1];
  const code = digits ? Number.parseInt(digits, 16) : Number(/^#(\d{1,7})$/.exec(name)?.[1]);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

export function childrenOf(node: XmlNode, name: string): XmlNode[] {
  return node.children.filter((child) => child.name === name);
}

export function childOf(node: XmlNode, name: string): XmlNode | null {
  const [first, second] = childrenOf(node, name);
  if (second) throw new S3Error('MalformedXML');
  return first ?? null;
}

export function textOf(node: XmlNode, name: string): string | null {
  return childOf(node, name)?.text.trim() ?? null;
}

export function requireText(node: XmlNode, name: string): string {
  const text = textOf(node, name);
  if (text === null) throw new S3Error('MalformedXML', `The element ${name} is missing in ${node.name}.`);
  return text;
}

/** What is not understood is refused, so that no setting seems to be in force and is not. */
export function allowChildren(node: XmlNode, ...names: readonly string[]): void {
  const unknown = node.children.find((child) => !names.includes(child.name));
  if (unknown) throw new S3Error('NotImplemented', `${node.name} with ${unknown.name} is not implemented.`);
}
