/**
 * The firmware's state as dotted paths and integers, in the order of the state digest, so that a difference can be
 * named. Walks the record as `src/core/digest.ts` does; a test holds the two together.
 */
function visit(node: unknown, path: string, into: Map<string, number>): void {
  if (typeof node === 'number') {
    into.set(path, node);
  } else if (Array.isArray(node) || node instanceof Int32Array) {
    for (let i = 0; i < node.length; i++) visit(node[i], `${path}.${i}`, into);
  } else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) visit(value, path === '' ? key : `${path}.${key}`, into);
  }
}

export function stateFields(state: object): Map<string, number> {
  const fields = new Map<string, number>();
  visit(state, '', fields);
  return fields;
}
