/** Folding of lines for a terminal. A width of Infinity folds nothing: whoever reads a pipe searches by lines. */

/** Narrower than this a column is no longer worth reading in. */
const LEAST_ROOM = 24;

/** `text` in lines of at most `width` characters, all but the first begun with `hanging`. Words stay whole. */
export function fold(text: string, width: number, hanging: string): string[] {
  if (text.length <= width) return [text];
  const lead = /^ */.exec(text)?.[0] ?? '';
  const lines: string[] = [];
  let line = lead;
  let isEmpty = true;
  for (const word of text.slice(lead.length).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** `text` after the cells of its row: folded below its own beginning, or below the row where that leaves no room. */
export function foldLast(before: string, text: string, width: number, indent: string): string[] {
  if (before.length + text.length <= width) return [before + text];
  const room = width - before.length;
  if (room < LEAST_ROOM) return [before.trimEnd(), ...fold(indent + text, width, indent)];
  const [first = '', ...others] = fold(text, room, '');
  return [before + first, ...others.map((line) => ' '.repeat(before.length) + line)];
}
