/**
 * The board's dialect of JavaScript: what its interpreter runs bit-identically (docs/board.md).
 *
 * It holds for all of `src/core` and for the board side of `hal/espruino`. A second modern engine would not catch
 * what is missing on the board, so this walks the syntax tree and names what to write instead.
 *
 * Allowed although the board lacks it, because the bundler lowers it to code that runs there: `?.`, `??=`, `||=`,
 * `&&=`. Types are not looked at: nothing of them is left in the bundle.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { PROJECT_ROOT, projectPath, sourceFiles } from './core-hash.ts';

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly instead: string;
}

const BOARD_SIDE = [
  'main',
  'session',
  'link',
  'frame-hal',
  'board-state',
  'free-main',
  'free-run',
  'pin-hal',
  'pin-store',
  'board',
].map((name) => `hal/espruino/${name}.ts`);

/** Largest integer that a double, and so the board, holds exactly. */
const MAX_EXACT = 2n ** 53n;

const RECORD = 'a plain record, or an array with a loop over it';
const PLAIN_ARRAY_LOOP = 'an array literal or a for loop that pushes';

/** Global names that the board does not have, or that have no place in code that repeats itself exactly. */
const MISSING_GLOBALS: Readonly<Record<string, string>> = {
  Map: RECORD,
  Set: RECORD,
  WeakMap: RECORD,
  WeakSet: RECORD,
  WeakRef: RECORD,
  Symbol: 'a string literal or an integer constant',
  Proxy: 'a plain function',
  Reflect: 'plain property access',
  RangeError: 'Error, or assert() of src/core/assert.ts',
  AggregateError: 'Error, or assert() of src/core/assert.ts',
  BigInt: 'integers under 2^53, or two 32-bit words',
  BigInt64Array: 'Int32Array, two words a value',
  BigUint64Array: 'Uint32Array, two words a value',
  Intl: 'text put together from integers',
  parseFloat: 'integers in a smaller unit',
  structuredClone: 'a copy function that assigns field by field',
  Date: 'the tick, pump.nowTick',
  performance: 'the tick, pump.nowTick',
};

/** The core owns no clock and no I/O. The board side may use timers and `require`: the board has those. */
const FOREIGN_TO_CORE: Readonly<Record<string, string>> = {
  globalThis: 'a parameter',
  setTimeout: 'an absolute tick in the state, compared with pump.nowTick',
  setInterval: 'a row in the table of duties, src/core/tasks.ts',
  setImmediate: 'an absolute tick in the state, compared with pump.nowTick',
  queueMicrotask: 'a plain call',
  clearTimeout: 'an absolute tick in the state, compared with pump.nowTick',
  clearInterval: 'a row in the table of duties, src/core/tasks.ts',
  process: 'a parameter',
  require: 'import',
};

const FOREIGN_TO_BOARD: Readonly<Record<string, string>> = {
  console: 'an event through hal.telemetry',
  Buffer: 'Uint8Array',
  crypto: 'nothing: the core owns no randomness',
};

/** Static members that were run on the board with the same result as on Node. All others are refused. */
const NAMESPACES: Readonly<
  Record<
    string,
    {
      readonly allowed: readonly string[];
      readonly instead: Readonly<Record<string, string>>;
      readonly otherwise: string;
    }
  >
> = {
  Math: {
    allowed: ['floor', 'abs', 'min', 'max'],
    instead: {
      imul: 'mul32(a, b): ((a & 65535) * b + ((((a >>> 16) * b) & 65535) << 16)) | 0',
      trunc: 'Math.floor(x) for x >= 0, -Math.floor(-x) below',
      round: 'Math.floor((2 * a + b) / (2 * b)) for a / b rounded',
      ceil: 'Math.floor((a + b - 1) / b) for a / b rounded up',
      sqrt: 'a comparison of squares, or an integer table',
      pow: 'repeated multiplication, or a named constant',
      sign: 'two comparisons',
      clz32: 'a loop over x >>> 1',
      random: 'nothing: the core owns no randomness; what varies comes in through the HAL',
    },
    otherwise: 'integers with + - * %, Math.floor, abs, min and max, or an integer table',
  },
  Number: {
    allowed: [],
    instead: {
      isInteger: 'Math.floor(x) === x',
      isSafeInteger: 'Math.floor(x) === x && Math.abs(x) <= MAX_EXACT',
      isFinite: 'x - x === 0',
      isNaN: 'x !== x',
      MAX_SAFE_INTEGER: 'MAX_EXACT of src/core/units.ts',
      MIN_SAFE_INTEGER: '-MAX_EXACT of src/core/units.ts',
      EPSILON: '=== between integers',
      parseFloat: 'integers in a smaller unit',
      parseInt: 'parseInt(text, 10)',
    },
    otherwise: 'a named integer constant',
  },
  Object: {
    allowed: ['assign', 'keys', 'values', 'entries', 'fromEntries', 'create'],
    instead: {
      freeze: '`as const` and readonly types',
      seal: '`as const` and readonly types',
      is: '===',
      defineProperty: 'a plain assignment',
      hasOwn: 'key in record',
    },
    otherwise: 'plain property access',
  },
  Array: {
    allowed: ['isArray'],
    instead: { from: PLAIN_ARRAY_LOOP, of: PLAIN_ARRAY_LOOP },
    otherwise: PLAIN_ARRAY_LOOP,
  },
  String: { allowed: ['fromCharCode'], instead: {}, otherwise: 'String.fromCharCode' },
  JSON: { allowed: ['parse', 'stringify'], instead: {}, otherwise: 'JSON.parse or JSON.stringify' },
};

/** Methods that the board lacks or runs differently, whatever they are called on. */
const METHODS: Readonly<Record<string, string>> = {
  flat: 'two nested for loops',
  flatMap: 'two nested for loops',
  at: 'an index: list[list.length - 1]',
  reduceRight: 'a for loop that counts down',
  lastIndexOf: 'a for loop that counts down',
  findLast: 'a for loop that counts down',
  findLastIndex: 'a for loop that counts down',
  entries: 'a for loop over the index',
  sort: 'an order kept while inserting: the sort of the board is not stable',
  toSorted: 'an order kept while inserting: the sort of the board is not stable',
  toReversed: 'a for loop that counts down',
  toSpliced: 'slice and splice',
  copyWithin: 'a for loop',
  toFixed: 'integer parts joined as text',
  toPrecision: 'integer parts joined as text',
  toExponential: 'integer parts joined as text',
  toLocaleString: 'integer parts joined as text',
  replaceAll: 'split(...).join(...)',
  matchAll: 'exec in a loop',
  codePointAt: 'charCodeAt',
  localeCompare: '< and >',
  normalize: 'ASCII text',
};

const ERROR_CLASSES = ['Error', 'TypeError', 'ReferenceError', 'SyntaxError', 'EvalError', 'URIError'];

/** All violations of one file's text, in the order of the file. `fileName` is relative to the project's root. */
export function checkSource(text: string, fileName: string): Violation[] {
  const { source, checker } = parse(text, fileName);
  const foreign = fileName.startsWith('hal/')
    ? FOREIGN_TO_BOARD
    : { ...FOREIGN_TO_BOARD, ...FOREIGN_TO_CORE };
  const violations: Violation[] = [];

  function report(node: ts.Node, what: string, instead: string): void {
    const { line, character } = source.getLineAndCharacterOfPosition(node.getStart(source));
    violations.push({ file: fileName, line: line + 1, column: character + 1, what, instead });
  }

  function visit(node: ts.Node): void {
    if (isErased(node)) return;
    checkSyntax(node);
    checkLiteral(node);
    checkMember(node);
    if (ts.isIdentifier(node) && isReference(node)) checkReference(node);
    ts.forEachChild(node, visit);
  }

  function checkSyntax(node: ts.Node): void {
    if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node)) {
      report(node, 'destructuring', 'one const for each field: const a = record.a');
    } else if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) {
      report(node, 'spread', spreadReplacement(node));
    } else if (ts.isParameter(node)) {
      if (node.dotDotDotToken) report(node, 'rest parameter', 'an array as an ordinary parameter');
      if (node.initializer)
        report(node, 'default parameter', 'an ordinary parameter that every caller passes');
    } else if (ts.isComputedPropertyName(node)) {
      report(node, 'computed key', 'an assignment after the literal: record[key] = value');
    } else if (ts.isBinaryExpression(node)) {
      checkBinary(node);
    } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      if (isPattern(node.initializer))
        report(node.initializer, 'destructuring', 'one const for each field: const a = record.a');
      if (ts.isForOfStatement(node) && node.awaitModifier) report(node, 'for await', 'a plain for loop');
    } else if (ts.isAwaitExpression(node)) {
      report(node, 'await', 'state in a record, looked at in a later tick');
    } else if (ts.isYieldExpression(node)) {
      report(node, 'yield', 'an array, or state in a record');
    } else if (ts.isTaggedTemplateExpression(node)) {
      report(node, 'tagged template', 'a plain call with the values as arguments');
    } else if (ts.isLabeledStatement(node)) {
      report(node, `label ${node.label.text}`, 'a function of its own that returns early');
    } else if (ts.isPrivateIdentifier(node)) {
      report(node, `private name ${node.text}`, 'a plain field of a record');
    } else if (ts.isPropertyDeclaration(node)) {
      if (!node.initializer)
        report(
          node,
          `class field ${node.name.getText(source)} without a value`,
          'a field with its initial value',
        );
    } else if (ts.isCaseBlock(node)) {
      checkCaseOrder(node);
    } else if (ts.isVariableDeclarationList(node)) {
      if (!(node.flags & ts.NodeFlags.BlockScoped)) report(node, 'var', 'const or let, before the first use');
    } else if (ts.isWithStatement(node)) {
      report(node, 'with', 'plain property access');
    } else if (ts.isMetaProperty(node)) {
      report(node, node.getText(source), 'a parameter');
    } else if (ts.isPropertyAssignment(node)) {
      if (isIntegerKey(node.name)) {
        report(
          node.name,
          `integer-like key ${node.name.getText(source)}`,
          'an array: the board orders such keys differently',
        );
      }
    } else if (ts.isCallExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        report(node, 'import()', 'a static import: the board runs one bundle');
      }
    } else if (ts.isHeritageClause(node)) {
      checkHeritage(node);
    }
    checkModifiers(node);
  }

  function checkModifiers(node: ts.Node): void {
    if (isFunction(node) && node.asteriskToken)
      report(node, 'generator', 'an array, or a function called once a step');
    if (
      ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.AsyncKeyword)
    ) {
      report(node, 'async function', 'state in a record, looked at in a later tick');
    }
  }

  function checkBinary(node: ts.BinaryExpression): void {
    const operator = node.operatorToken.kind;
    if (operator === ts.SyntaxKind.EqualsToken) {
      if (isPattern(node.left))
        report(node.left, 'destructuring', 'one assignment for each field: a = record.a');
      if (ts.isPropertyAccessExpression(node.left) && node.left.name.text === 'length') {
        report(
          node.left,
          'assignment to length',
          'splice(0, list.length): a length is read only on the board',
        );
      }
    } else if (
      operator === ts.SyntaxKind.AsteriskAsteriskToken ||
      operator === ts.SyntaxKind.AsteriskAsteriskEqualsToken
    ) {
      report(node.operatorToken, '**', 'repeated multiplication, or a named constant');
    } else if (operator === ts.SyntaxKind.SlashEqualsToken) {
      report(node.operatorToken, '/=', 'x = Math.floor(x / y): the core is integers only');
    } else if (operator === ts.SyntaxKind.SlashToken) {
      if (!isFloored(node) && !isTopLevelConst(node)) {
        report(node.operatorToken, 'division', 'Math.floor(a / b): the core is integers only');
      }
    } else if (operator === ts.SyntaxKind.InstanceOfKeyword) {
      report(node.operatorToken, 'instanceof', 'a `kind` field: error classes are unrelated on the board');
    }
  }

  function checkCaseOrder(block: ts.CaseBlock): void {
    const last = block.clauses.length - 1;
    block.clauses.forEach((clause, index) => {
      if (ts.isDefaultClause(clause) && index < last)
        report(clause, 'case after default', 'default as the last clause');
    });
  }

  function checkHeritage(node: ts.HeritageClause): void {
    if (node.token !== ts.SyntaxKind.ExtendsKeyword || !ts.isClassLike(node.parent)) return;
    for (const { expression } of node.types) {
      if (ts.isIdentifier(expression) && ERROR_CLASSES.includes(expression.text)) {
        report(
          node,
          `class that extends ${expression.text}`,
          'Error itself: a class of its own loses its message on the board',
        );
      }
    }
  }

  function checkLiteral(node: ts.Node): void {
    if (ts.isNumericLiteral(node)) {
      const written = node.getText(source);
      const value = Number(node.text);
      if (written.includes('.') || !Number.isInteger(value)) {
        report(node, `decimal literal ${written}`, 'an integer in a smaller unit');
      } else if (isBeyondExact(written, value)) {
        report(node, `integer ${written} beyond 2^53`, 'a larger unit, or two words');
      } else if (
        value === 0 &&
        ts.isPrefixUnaryExpression(node.parent) &&
        node.parent.operator === ts.SyntaxKind.MinusToken
      ) {
        report(node.parent, '-0', '0: the board knows no negative zero');
      }
    } else if (ts.isBigIntLiteral(node)) {
      report(node, `BigInt literal ${node.getText(source)}`, 'integers under 2^53, or two 32-bit words');
    } else if (ts.isRegularExpressionLiteral(node)) {
      checkRegularExpression(node);
    } else if (
      ts.isStringLiteral(node) ||
      ts.isTemplateExpression(node) ||
      ts.isNoSubstitutionTemplateLiteral(node)
    ) {
      const written = node.getText(source);
      if (/\\u\{/.test(written)) report(node, '\\u{...}', 'ASCII text');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
      else if (/[^\x00-\x7f]/.test(written))
        report(node, 'text beyond ASCII', 'ASCII text: strings are bytes on the board');
    }
  }

  function checkRegularExpression(node: ts.RegularExpressionLiteral): void {
    const written = node.getText(source);
    if (/\(\?<?[=!]/.test(written))
      report(node, 'lookahead or lookbehind in a regular expression', 'indexOf and comparisons');
    else if (/\(\?<|\/[a-z]*[dsuvy][a-z]*$/.test(written)) {
      report(
        node,
        'regular expression with a named group or one of the flags d, s, u, v, y',
        'a plain group and the flags g, i, m',
      );
    }
  }

  function checkMember(node: ts.Node): void {
    if (!ts.isPropertyAccessExpression(node) || ts.isPrivateIdentifier(node.name)) return;
    const owner = node.expression;
    const member = node.name.text;
    const namespace = ts.isIdentifier(owner) && isGlobal(owner) ? own(NAMESPACES, owner.text) : undefined;
    if (namespace !== undefined) {
      if (!namespace.allowed.includes(member)) {
        report(
          node,
          `${owner.getText(source)}.${member}`,
          own(namespace.instead, member) ?? namespace.otherwise,
        );
      } else if (
        owner.getText(source) === 'JSON' &&
        ts.isCallExpression(node.parent) &&
        node.parent.arguments.length > 1
      ) {
        report(
          node.parent,
          `JSON.${member} with a second argument`,
          'the first argument alone: the board ignores the others',
        );
      }
      return;
    }
    const instead = own(METHODS, member);
    if (instead !== undefined && ts.isCallExpression(node.parent) && node.parent.expression === node) {
      report(node.name, `.${member}()`, instead);
    }
  }

  function checkReference(node: ts.Identifier): void {
    if (isGlobal(node)) {
      const instead = own(MISSING_GLOBALS, node.text) ?? own(foreign, node.text);
      if (instead !== undefined) report(node, node.text, instead);
      return;
    }
    const declaration = symbolOf(node)?.declarations?.find((one) => one.getSourceFile() === source);
    if (declaration === undefined || isErased(declaration)) return;
    if (definedAt(declaration) > node.getStart(source)) {
      report(
        node,
        `${node.text} is used before its definition`,
        'the definition first: the board hoists nothing, not even functions',
      );
    }
    if (isCapturedLoopVariable(node, declaration)) {
      report(
        node,
        `loop variable ${node.text} captured in a closure`,
        'a function that takes it as a parameter: all rounds share one variable',
      );
    }
  }

  /** Neither declared nor imported here, so the engine has to have it. */
  function isGlobal(node: ts.Identifier): boolean {
    return node.text !== 'undefined' && (symbolOf(node)?.declarations ?? []).length === 0;
  }

  function symbolOf(node: ts.Identifier): ts.Symbol | undefined {
    return ts.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node);
  }

  function definedAt(declaration: ts.Declaration): number {
    // A plain name exists once its statement began; what its own initialiser does with it is for the compiler.
    return (ts.getNameOfDeclaration(declaration) ?? declaration).getStart(source);
  }

  visit(source);
  return violations.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** One file on its own, without libraries: what has no declaration in it is a global of the engine. */
function parse(text: string, fileName: string): { source: ts.SourceFile; checker: ts.TypeChecker } {
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === fileName ? source : undefined),
    fileExists: (name) => name === fileName,
    readFile: () => undefined,
    writeFile: () => undefined,
    getDefaultLibFileName: () => '',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
  };
  return { source, checker: ts.createProgram([fileName], options, host).getTypeChecker() };
}

/** A literal beyond 2^53 was rounded when it was read, so it is judged by its text. */
function isBeyondExact(written: string, value: number): boolean {
  return BigInt(/^[0-9_]+$/.test(written) ? written.replaceAll('_', '') : value) > MAX_EXACT;
}

/** A table is indexed by names from the checked code, which may be `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** Types and declarations of which nothing is left in the bundle. */
function isErased(node: ts.Node): boolean {
  if (ts.isExpressionWithTypeArguments(node)) {
    return !(
      ts.isHeritageClause(node.parent) &&
      node.parent.token === ts.SyntaxKind.ExtendsKeyword &&
      ts.isClassLike(node.parent.parent)
    );
  }
  if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isTypeParameterDeclaration(node)) return true;
  if (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    return true;
  if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body === undefined)
    return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((one) => one.kind === ts.SyntaxKind.DeclareKeyword) ?? false)
  );
}

/** Is this identifier the use of a name, rather than its declaration or the name of a property? */
function isReference(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isExportSpecifier(parent) || ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return false;
  if (ts.isNamespaceImport(parent) || ts.isNamespaceExport(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent)) return false;
  if (ts.isEnumMember(parent) || ts.isModuleDeclaration(parent)) return false;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.initializer === node;
  }
  if (ts.isFunctionLike(parent) || ts.isClassLike(parent))
    return ts.isArrowFunction(parent) && parent.body === node;
  return true;
}

function isFunction(
  node: ts.Node,
): node is ts.FunctionDeclaration | ts.FunctionExpression | ts.MethodDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node);
}

function isPattern(node: ts.Node): boolean {
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
}

function spreadReplacement(node: ts.Node): string {
  if (ts.isSpreadAssignment(node)) return 'Object.assign({}, record), or field by field';
  return ts.isArrayLiteralExpression(node.parent) ? 'concat or slice' : 'a loop, or an array as one argument';
}

function isIntegerKey(name: ts.PropertyName): boolean {
  if (ts.isNumericLiteral(name)) return true;
  return ts.isStringLiteral(name) && /^(0|[1-9][0-9]*)$/.test(name.text);
}

/** Is this division, parentheses and types aside, the argument of Math.floor? */
function isFloored(division: ts.BinaryExpression): boolean {
  let node: ts.Node = division;
  while (ts.isParenthesizedExpression(node.parent) || ts.isAsExpression(node.parent)) node = node.parent;
  const call = node.parent;
  return (
    ts.isCallExpression(call) &&
    call.arguments[0] === node &&
    ts.isPropertyAccessExpression(call.expression) &&
    call.expression.getText() === 'Math.floor'
  );
}

/** `const TICKS_PER_SECOND = 1000 / TICK_MS` at the top of a file: worked out once, from constants, for all to see. */
function isTopLevelConst(node: ts.Node): boolean {
  for (let up: ts.Node = node.parent; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isFunctionLike(up) || ts.isClassLike(up)) return false;
    if (ts.isVariableStatement(up)) {
      return ts.isSourceFile(up.parent) && (up.declarationList.flags & ts.NodeFlags.Const) !== 0;
    }
  }
  return false;
}

function isCapturedLoopVariable(use: ts.Node, declaration: ts.Declaration): boolean {
  if (!ts.isVariableDeclaration(declaration)) return false;
  const loop = declaration.parent.parent;
  if (!ts.isForStatement(loop) && !ts.isForOfStatement(loop) && !ts.isForInStatement(loop)) return false;
  if (declaration.parent !== loop.initializer) return false;
  for (let up = use.parent; up !== loop; up = up.parent) if (ts.isFunctionLike(up)) return true;
  return false;
}

/** The files that end up on the board, as far as they exist. */
export function boardFiles(root: string = PROJECT_ROOT): string[] {
  const boardSide = BOARD_SIDE.map((name) => join(root, name)).filter((file) => existsSync(file));
  return [...sourceFiles(join(root, 'src/core'), root), ...boardSide];
}

export function formatViolation({ file, line, column, what, instead }: Violation): string {
  return `${file}:${line}:${column}  ${what}: use ${instead}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = boardFiles();
  const violations = files.flatMap((file) => checkSource(readFileSync(file, 'utf8'), projectPath(file)));
  for (const violation of violations) console.error(formatViolation(violation));
  if (violations.length > 0) {
    console.error(`${violations.length} lines that the board would not run as Node does`);
    process.exitCode = 1;
  }
}
