/** "Did you mean": the known word with the fewest single-character edits, and how a strange word is quoted. */

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The nearest of the words, or null when none is close enough to be a slip of the same word. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 60) return null;
  const lower = word.toLowerCase();
  // A name cut short is nearer than any slip of the pen: occlusion, for catheter-occlusion.
  const whole =
    lower.length < 4 ? undefined : known.find((candidate) => candidate.toLowerCase().includes(lower));
  if (whole !== undefined) return whole;
  const asWritten = known.map((candidate) => [candidate.toLowerCase(), candidate] as const);
  // Then a slip in one part of a name: oclusion, for catheter-occlusion.
  const byPart = asWritten.flatMap(([name, candidate]) =>
    name.split('-').flatMap((part) => (part.length < 4 ? [] : [[part, candidate] as const])),
  );
  return closest(lower, asWritten) ?? closest(lower, byPart);
}

/** Of names and what each stands for, what the name with the fewest edits stands for. */
function closest(word: string, names: readonly (readonly [name: string, meant: string])[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const [name, meant] of names) {
    const distance = editDistance(word, name);
    if (distance < bestDistance) {
      best = meant;
      bestDistance = distance;
    }
  }
  return best;
}

/** On one line, and without what a terminal would obey. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}

/** A word from a file, safe to print: one line, no control characters, not the whole file. */
export function quoted(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const clean = printable(text);
  return `"${clean.length > 60 ? `${clean.slice(0, 57)}...` : clean}"`;
}

/** `unknown alarm "x"; did you mean y? ...`: one wording for every name that is looked up in a list. */
export function unknownWord(
  what: string,
  word: unknown,
  known: readonly string[],
  whereToLook: string,
): string {
  const near = typeof word === 'string' ? nearest(word, known) : null;
  const hint = near === null ? '' : `did you mean ${near}? `;
  return `unknown ${what} ${quoted(word)}; ${hint}${whereToLook}`;
}
