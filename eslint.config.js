import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const MATH_THAT_DIFFERS = [
  'exp',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'pow',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'atan2',
  'sinh',
  'cosh',
  'tanh',
  'cbrt',
  'hypot',
];

export default defineConfig(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // The compiler reports these (noUnusedLocals, noUnusedParameters), and knows `_name` as unused on purpose.
      '@typescript-eslint/no-unused-vars': 'off',
      // A method may have to return a promise because its interface says so.
      '@typescript-eslint/require-await': 'off',
      // Records hold functions and no function uses `this`, so one taken out of its record loses nothing.
      '@typescript-eslint/unbound-method': 'off',
      // `!` is for an index that the code around it keeps in range; elsewhere it hides a null.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TSNonNullExpression:not([expression.type="MemberExpression"][expression.computed=true])',
          message: '`!` is for indexed access only: test for null or undefined and say what happens then.',
        },
      ],
    },
  },
  {
    // What runs anywhere owns no clock, no chance and no process: the same inputs give the same run.
    files: ['src/**/*.ts', 'hal/**/*.ts', 'sim/**/*.ts'],
    ignores: ['src/cli/**', 'src/serve/**', 'hal/espruino/**', 'hal/virtual/**'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map(
          (name) => ({
            name,
            message: 'A run has no clock but its tick: take the tick as a parameter, or let src/cli pace it.',
          }),
        ),
        ...['process', 'Buffer', 'require', 'console', '__dirname', '__filename'].map((name) => ({
          name,
          message: 'This layer runs in a browser page too: return the value and let src/cli deal with Node.',
        })),
        { name: 'crypto', message: 'Take chance from sim/prng.ts, which a seed repeats.' },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Take chance from sim/prng.ts, which a seed repeats.',
        },
      ],
    },
  },
  {
    files: ['sim/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Take chance from sim/prng.ts, which a seed repeats.',
        },
        ...MATH_THAT_DIFFERS.map((property) => ({
          object: 'Math',
          property,
          message:
            'Its last bit differs between JavaScript engines: use + - * / on exact numbers, or an integer table.',
        })),
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
);
