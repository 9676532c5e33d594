import { S3Error } from './errors.js';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const TOKEN =
  /<\?[^>]*\?>|<(?<close>\/?)(?<name>[A-Za-z_][\w:.-]*)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const ENTITIES = new Map(Object.entries({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }));

/** The content of an element: text, elements by name, or undefined if it is left out. A list repeats the element. */
type XmlContent = string | number | boolean | undefined | XmlContent[] | XmlElements;

interface XmlElements {
  readonly [name: string]: XmlContent;
}

export interface XmlNode {
  name: string;
  text: string;
  children: XmlNode[];
}

export function toXml(name: string, content: XmlElements): string {
  const root = render(name, content);
  // S3's error document is the one without a namespace.
  const named = name === 'Error' ? root : root.replace(`<${name}>`, `<${name} xmlns="${NAMESPACE}">`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${named}`;
}

function render(name: string, content: XmlContent): string {
  if (content === undefined) return '';
  if (Array.isArray(content)) return content.map((one) => render(name, one)).join('');
  if (typeof content !== 'object') return `<${name}>${escapeText(String(content))}</${name}>`;
  const children = Object.entries(content).map(([child, value]) => render(child, value));
  return `<${name}>${children.join('')}</${name}>`;
}

function escapeText(text: string): string {
  // Control characters too: a key may hold them, and a bare carriage return would be read back as a line feed.
  return text.replace(/[<>&"'\p{Cc}]/gu, (char) => `&#${char.charCodeAt(0)};`);
}

/** Parses the small documents that S3's operations send. Anything else (DTDs, comments, CDATA) is refused. */
export function parseXml(source: string, rootName: string | undefined): XmlNode {
  const top: XmlNode = { name: '', text: '', children: [] };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const groups = TOKEN.exec(source)?.groups;
    const parent = open.at(-1);
    // A failed match resets lastIndex, which would start the document again.
    if (!parent || !groups) throw new S3Error('MalformedXML');
    const name = groups.name?.replace(/^.*:/, '');
    if (groups.text !== undefined) parent.text += unescapeText(groups.text);
    else if (groups.close && open.pop()?.name !== name) throw new S3Error('MalformedXML');
    else if (!groups.close && name !== undefined) {
      const node: XmlNode = { name, text: '', children: [] };
      parent.children.push(node);
      if (!groups.empty) open.push(node);
    }
  }
  const [root, second] = top.children;
  const isWhole = !second && open.length === 1 && top.text.trim() === '';
  if (!root || root.name !== rootName || !isWhole) throw new S3Error('MalformedXML');
  return root;
}

function unescapeText(text: string): string {
  return text.replace(/&(?:#(\d{1,7}|x[\da-f]{1,6})|(\w+));|&/gi, (_, code?: string, name?: string) => {
    const point = Number(code?.replace(/^x/i, '0x'));
    const char = point <= 0x10ffff ? String.fromCodePoint(point) : ENTITIES.get(name ?? '');
    if (char === undefined) throw new S3Error('MalformedXML');
    return char;
  });
}

/** The children, which must all have one of these names: what is not understood must not seem to be in force. */
export function childrenOf(node: XmlNode, ...names: readonly string[]): XmlNode[] {
  const unknown = node.children.find((child) => !names.includes(child.name));
  if (unknown) throw new S3Error('NotImplemented', `${node.name} with ${unknown.name} is not implemented.`);
  return node.children;
}

export function textsOf(node: XmlNode, name: string): string[] {
  return node.children.filter((child) => child.name === name).map((child) => child.text.trim());
}

export function textOf(node: XmlNode, name: string): string {
  const [text] = textsOf(node, name);
  if (text === undefined) throw new S3Error('MalformedXML', `${node.name} needs the element ${name}.`);
  return text;
}
