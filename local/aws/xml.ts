export type XmlValue = string | number | boolean | undefined | XmlElements | readonly XmlValue[];

/** Child elements in the order of the keys; an array repeats its element, `undefined` leaves it out. */
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

/** An XML document as S3 and the Query protocol answer it. */
export function xmlDocument(root: string, content: XmlElements, namespace?: string): string {
  const attribute = namespace ? ` xmlns="${namespace}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${children(content)}</${root}>`;
}

function children(elements: XmlElements): string {
  return Object.entries(elements)
    .map(([name, value]) => element(name, value))
    .join('');
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  if (isList(value)) return value.map((item) => element(name, item)).join('');
  const content = typeof value === 'object' ? children(value) : escapeXml(String(value));
  return `<${name}>${content}</${name}>`;
}

/** `Array.isArray` alone does not narrow a readonly array. */
function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A parser would turn a bare carriage return into a newline.
  '\r': '&#13;',
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character]!);
}
