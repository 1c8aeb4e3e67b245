/**
 * What the code and the tests say about requirements, read from their syntax trees: a name in a comment, or a test in
 * one, counts for nothing.
 */
import ts from 'typescript';

/** A test that says in its title, or in that of a group around it, which requirements it shows. */
export interface ShownBy {
  readonly file: string;
  /** With those of the groups around it, and without the ids. */
  readonly title: string;
  readonly ids: readonly string[];
}

/** At the end of a title: `[SR-DOSE-1]`, `[SR-DOSE-1, SR-DOSE-2]`. */
const TAG = /\s*\[(SR-[^\]]*)\]/g;
const NEVER_RUN = ['skip', 'todo'];

/** `it`, `it.each(rows)`, `describe.skip`: its first name, and those after it. */
function runnerOf(callee: ts.Expression): { name: string; modifiers: readonly string[] } | null {
  if (ts.isIdentifier(callee)) return { name: callee.text, modifiers: [] };
  if (ts.isCallExpression(callee)) return runnerOf(callee.expression);
  if (!ts.isPropertyAccessExpression(callee)) return null;
  const inner = runnerOf(callee.expression);
  return inner && { name: inner.name, modifiers: [...inner.modifiers, callee.name.text] };
}

function titleOf(call: ts.CallExpression): string | null {
  const [first] = call.arguments;
  if (first === undefined) return null;
  if (ts.isStringLiteralLike(first)) return first.text;
  return ts.isTemplateExpression(first) ? first.getText().slice(1, -1) : null;
}

function idsIn(title: string): string[] {
  return [...title.matchAll(TAG)].flatMap(([, ids = '']) => ids.split(',').map((id) => id.trim()));
}

function parsed(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

/** Every test in a file that shows a requirement and is not left out of the run. */
export function testsIn(file: string, text: string): ShownBy[] {
  const found: ShownBy[] = [];
  const walk = (node: ts.Node, groups: readonly string[]): void => {
    let inside = groups;
    if (ts.isCallExpression(node)) {
      const runner = runnerOf(node.expression);
      const title = titleOf(node);
      if (runner !== null && title !== null) {
        if (runner.modifiers.some((modifier) => NEVER_RUN.includes(modifier))) return;
        const titles = [...groups, title];
        if (runner.name === 'describe') inside = titles;
        const ids = titles.flatMap(idsIn);
        if (runner.name === 'it' && ids.length > 0)
          found.push({ file, title: titles.join(' > ').replace(TAG, ''), ids });
      }
    }
    ts.forEachChild(node, (child) => walk(child, inside));
  };
  walk(parsed(file, text), []);
  return found;
}

/** A statement of `checkInvariants` by its number, as it stands in the message. */
const INVARIANT = /^INV-\d+(?= )/;

/**
 * The names by which data may point into a file: what it declares at its top, the methods of its classes, the rows of
 * its tables by their `name:`, and the numbers of invariants.
 */
export function namesIn(file: string, text: string): ReadonlySet<string> {
  const names = new Set<string>();
  const source = parsed(file, text);
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) names.add(name.getText());
    } else if (
      ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement)
    ) {
      if (statement.name !== undefined) names.add(statement.name.text);
    }
  }
  const walk = (node: ts.Node): void => {
    if (ts.isMethodDeclaration(node)) names.add(node.name.getText());
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === 'name' &&
      ts.isStringLiteral(node.initializer)
    )
      names.add(node.initializer.text);
    if (ts.isStringLiteral(node)) {
      const invariant = INVARIANT.exec(node.text)?.[0];
      if (invariant !== undefined) names.add(invariant);
    }
    ts.forEachChild(node, walk);
  };
  walk(source);
  return names;
}

/** The invariants of the core with what they state. */
export function invariantsIn(file: string, text: string): ReadonlyMap<string, string> {
  const stated = new Map<string, string>();
  const walk = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) {
      const number = INVARIANT.exec(node.text)?.[0];
      if (number !== undefined) stated.set(number, node.text.slice(number.length + 1));
    }
    ts.forEachChild(node, walk);
  };
  walk(parsed(file, text));
  return stated;
}
