/**
 * Every way to be off by one in `nextWake` and `idle`, and to take for calm what is not, found in their source: whoever
 * adds something that wakes the pump or ends a calm gets its mutants here without asking, and has to add a situation
 * that catches them.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { PROJECT_ROOT } from '../../scripts/core-hash.ts';
import { CALM_LEAVES } from '../../src/core/digest.ts';

const CORE = join(PROJECT_ROOT, 'src/core');

export interface WakeMutant {
  readonly name: string;
  /** Below `src/core/`. */
  readonly file: string;
  readonly edit: (source: string) => string;
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

interface Found {
  readonly name: string;
  readonly declaration: ts.FunctionDeclaration;
  readonly source: Source;
}

export function wakeMutants(): WakeMutant[] {
  const tick = read('tick.ts');
  const wakes = ['nextWake', 'nextUnusualTick'].map((name) => functionIn(tick, name));
  const idle = functionIn(tick, 'idle');
  return [
    ...wakes.flatMap(wakeOperands),
    ...wakes.flatMap((wake) => calledBy(wake, /^next(?!Unusual)\w+Tick$/)).flatMap(lateMutants),
    ...[idle, ...calledBy(idle, /Idle$/)].flatMap(tickCountMutants),
  ];
}

function read(file: string): Source {
  const text = readFileSync(join(CORE, file), 'utf8');
  return { file, text, tree: ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true) };
}

function functionIn(source: Source, name: string): Found {
  const declaration = source.tree.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === name,
  );
  if (declaration === undefined) throw new Error(`src/core/${source.file} has no function ${name}`);
  return { name, declaration, source };
}

/** Functions of the core that this one calls under a name like that. */
function calledBy({ declaration, source }: Found, pattern: RegExp): Found[] {
  const names = new Set(
    nodesIn(declaration).flatMap((node) =>
      ts.isCallExpression(node) && ts.isIdentifier(node.expression) && pattern.test(node.expression.text)
        ? [node.expression.text]
        : [],
    ),
  );
  return [...names].map((name) => functionIn(fileOf(source, name), name));
}

/** Where an imported function lives. */
function fileOf({ file, tree }: Source, name: string): Source {
  for (const statement of tree.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    if (bindings.elements.some((element) => element.name.text === name)) {
      return read(relative(CORE, resolve(CORE, dirname(file), statement.moduleSpecifier.text)));
    }
  }
  return read(file);
}

function nodesIn(root: ts.Node): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return nodes;
}

/** The node's text put in other words. */
function mutant({ name, source }: Found, node: ts.Node, by: string): WakeMutant {
  const [start, end] = [node.getStart(source.tree), node.end];
  return {
    name: `${name}: ${source.text.slice(start, end)} becomes ${by}`,
    file: source.file,
    edit: (text) => text.slice(0, start) + by + text.slice(end),
  };
}

/** What is compared to find the earliest is one tick late; what alone would wake at once does not. */
function wakeOperands(wake: Found): WakeMutant[] {
  return nodesIn(wake.declaration).flatMap((node) => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'earlier') {
      return node.arguments
        .filter((argument) => argument.getText() !== 'wake')
        .map((argument) => mutant(wake, argument, `(${argument.getText()} + 1)`));
    }
    if (!ts.isBinaryExpression(node)) return [];
    if (node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
      return [mutant(wake, node, 'false')];
    if (node.operatorToken.kind === ts.SyntaxKind.BarBarToken) {
      return [node.left, node.right]
        .filter((side) => !isChain(side))
        .map((side) => mutant(wake, side, 'false'));
    }
    if (node.operatorToken.kind === ts.SyntaxKind.GreaterThanEqualsToken) {
      return [mutant(wake, node, `${node.left.getText()} > ${node.right.getText()}`)];
    }
    return [];
  });
}

function isChain(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.BarBarToken;
}

/** What a function may give back is one tick late, each of several by itself. */
function lateMutants(found: Found): WakeMutant[] {
  return nodesIn(found.declaration).flatMap((node) =>
    ts.isReturnStatement(node) && node.expression !== undefined
      ? leavesOf(node.expression)
          .filter((leaf) => leaf.getText() !== 'NEVER')
          .map((leaf) => mutant(found, leaf, `(${leaf.getText()} + 1)`))
      : [],
  );
}

function leavesOf(node: ts.Expression): ts.Expression[] {
  if (ts.isConditionalExpression(node)) return [...leavesOf(node.whenTrue), ...leavesOf(node.whenFalse)];
  if (ts.isCallExpression(node) && /^(Math\.min|earlier)$/.test(node.expression.getText())) {
    return node.arguments.flatMap(leavesOf);
  }
  return [node];
}

/** Each leaf of the state that a calm changes, kept from its digest, and each word of the ledger, kept from the store. */
export function leafMutants(): WakeMutant[] {
  const { text } = read('ledger-record.ts');
  const list = /DELIVERED_PLACES = \[(.*)\]/.exec(text)?.[1] ?? '';
  return [
    ...CALM_LEAVES.map((leaf) => ({
      name: `CALM_LEAVES: without ${leaf}`,
      file: 'digest.ts',
      edit: (source: string) => source.replace(`  '${leaf}',\n`, ''),
    })),
    ...list.split(', ').map((place, i, places) => ({
      name: `DELIVERED_PLACES: without ${place}`,
      file: 'ledger-record.ts',
      edit: (source: string) => source.replace(list, places.toSpliced(i, 1).join(', ')),
    })),
  ];
}

/**
 * Every way to take for calm what is not: each limit one tick late, each question that is asked answered in favour of the
 * calm, and each of them that compares, off by one.
 */
export function calmMutants(): WakeMutant[] {
  const source = read('calm.ts');
  // A calm pushes the stroke that this names, without asking again whether it is due.
  const next = functionIn(read('tick.ts'), 'nextDeliveryTick');
  const named = nodesIn(next.declaration).flatMap((node) =>
    ts.isIfStatement(node) ? answers(next, node.expression, true) : [],
  );
  const asked = source.tree.statements.flatMap((declaration) => {
    if (!ts.isFunctionDeclaration(declaration) || declaration.name === undefined) return [];
    const found = { name: declaration.name.text, declaration, source };
    return nodesIn(declaration).flatMap((node) => {
      if (ts.isCallExpression(node) && node.expression.getText() === 'earlier')
        return node.arguments.map((argument) => mutant(found, argument, `(${argument.getText()} + 1)`));
      // Functions and variables say that it is usual, and an `if` asks what a calm tick has to do about it.
      if (ts.isIfStatement(node)) return answers(found, node.expression, false);
      // Of two ticks the later one.
      if (ts.isConditionalExpression(node) && found.name.startsWith('foresee'))
        return answers(found, node.condition, true);
      if (ts.isReturnStatement(node) && node.expression !== undefined && /^is/.test(found.name))
        return answers(found, node.expression, true);
      const by = ts.isVariableDeclaration(node) ? ANSWERED.get(node.name.getText()) : undefined;
      if (by !== undefined && ts.isVariableDeclaration(node) && node.initializer !== undefined)
        return answers(found, node.initializer, by);
      return [];
    });
  });
  return [...named, ...asked];
}

/** Every way to take for quiet what is not: each question answered in favour of the quiet tick, or off by one. */
export function quietMutants(): WakeMutant[] {
  const source = read('quiet-ticks.ts');
  return source.tree.statements.flatMap((declaration) => {
    if (!ts.isFunctionDeclaration(declaration) || declaration.name === undefined) return [];
    const found = { name: declaration.name.text, declaration, source };
    return nodesIn(declaration).flatMap((node) => {
      if (ts.isIfStatement(node)) return answers(found, node.expression, true);
      if (ts.isReturnStatement(node) && node.expression !== undefined)
        return answers(found, node.expression, true);
      return ts.isBinaryExpression(node) && node.left.getText() === 'calm.hasLeftNothing'
        ? answers(found, node.right, true)
        : [];
    });
  });
}

/** Variables that hold the answer to a question, and the answer that is too much for a calm. */
const ANSWERED = new Map([
  ['isUsual', true],
  ['isOverHalf', false],
]);
const MORE = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.GreaterThanToken, '>='],
]);
const LESS = new Map([
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
]);

function answers(found: Found, node: ts.Expression, by: boolean): WakeMutant[] {
  if (ts.isParenthesizedExpression(node)) return answers(found, node.expression, by);
  if (ts.isPrefixUnaryExpression(node)) return answers(found, node.operand, !by);
  const whole = mutant(found, node, String(by));
  if (!ts.isBinaryExpression(node)) return [whole];
  const { kind } = node.operatorToken;
  // For the types: nothing is more or less than null.
  if (kind === ts.SyntaxKind.ExclamationEqualsEqualsToken && node.right.getText() === 'null') return [];
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken)
    return [...answers(found, node.left, by), ...answers(found, node.right, by)];
  const other = (by ? MORE : LESS).get(kind);
  return other === undefined
    ? [whole]
    : [whole, mutant(found, node, `${node.left.getText()} ${other} ${node.right.getText()}`)];
}

/** So many ticks at once are one too many, or one too few. */
function tickCountMutants(found: Found): WakeMutant[] {
  return nodesIn(found.declaration.body ?? found.declaration).flatMap((node) =>
    ts.isIdentifier(node) && node.text === 'ticks'
      ? [mutant(found, node, '(ticks + 1)'), mutant(found, node, '(ticks - 1)')]
      : [],
  );
}
