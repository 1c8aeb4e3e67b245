/** A small strict reader of XML: throws at what a parser would refuse, and returns the tags in order. */
const TOKEN = /<\?xml [^>]*\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w.-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const REFERENCE = /&(?!(?:amp|lt|gt|quot|apos|#\d+);)/;
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

export function checkXml(text: string): string[] {
  if (FORBIDDEN.test(text)) throw new Error('a character that XML forbids');
  if (/\p{Surrogate}/u.test(text)) throw new Error('half a surrogate pair');
  const open: string[] = [];
  const tags: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text);
    if (token === null) throw new Error(`no XML at ${at}: ${text.slice(at, at + 80)}`);
    const [whole, slash, tag, attributes = '', selfClosing] = token;
    if (REFERENCE.test(whole)) throw new Error(`a bare ampersand: ${whole}`);
    if (tag === undefined) {
      if (open.length === 0 && !whole.startsWith('<?') && whole.trim() !== '')
        throw new Error(`text outside: ${whole}`);
      continue;
    }
    const names = [...attributes.matchAll(/([\w.-]+)="/g)].map((match) => match[1]);
    if (new Set(names).size !== names.length) throw new Error(`an attribute twice: ${whole}`);
    if (slash === '/') {
      const expected = open.pop();
      if (expected !== tag) throw new Error(`</${tag}> closes <${expected ?? ''}>`);
    } else {
      tags.push(tag);
      if (selfClosing !== '/') open.push(tag);
    }
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`);
  return tags;
}
