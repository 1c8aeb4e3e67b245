/** XML without a package: elements, attributes and text, and nothing in them that a parser would refuse. */

export interface Element {
  readonly tag: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly children?: readonly (Element | string)[];
}

export function xmlDocument(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${elementLines(root, '').join('\n')}\n`;
}

function elementLines({ tag, attributes = {}, children = [] }: Element, indent: string): string[] {
  const pairs = Object.entries(attributes).map(
    ([name, value]) => ` ${name}="${attributeText(String(value))}"`,
  );
  const start = `${indent}<${tag}${pairs.join('')}`;
  if (children.length === 0) return [`${start}/>`];
  if (children.every((child) => typeof child === 'string')) {
    return [`${start}>${contentText(children.join('\n'))}</${tag}>`];
  }
  const inner = children.flatMap((child) =>
    typeof child === 'string' ? [contentText(child)] : elementLines(child, `${indent}  `),
  );
  return [`${start}>`, ...inner, `${indent}</${tag}>`];
}

/**
 * What XML 1.0 can't hold even as a reference: control characters, halves of surrogate pairs, two non-characters.
 * A name that came from a broken file shows a replacement character there.
 */
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function contentText(text: string): string {
  return text
    .replace(FORBIDDEN, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A parser turns line ends and tabs in an attribute into spaces unless they are references. */
function attributeText(text: string): string {
  return contentText(text)
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
