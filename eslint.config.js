import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

/**
 * Files of more than 400 lines, each with its reason. Past 400 lines, ask why it is not two.
 * @type {string[]}
 */
const long = [
  // Advance widths of two fonts: data, one line a glyph.
  'src/figure/advances.ts',
];

/** Rooms whose results must be the same on every machine and in every run: no clock, no chance, no page. */
const core = ['base', 'wire', 'engine', 'scenario', 'trace', 'figure', 'packet'].map((room) => `src/${room}/**`);
/** Where a last bit could change a trace. */
const exact = ['src/base/**', 'src/engine/**'];
/** The door starts a worker, and is no part of the simulation. */
const door = 'src/engine/door/**';

const unsteady = 'Time and chance come from the simulator: the same scenario must give the same trace.';
const unseen = 'This room knows no page: it runs in a worker and in Node.';
const inexact = 'Engines differ in its last bit, and a trace must not: use integers or src/base.';

const clocks = [
  'Date',
  'performance',
  'setTimeout',
  'setInterval',
  'requestAnimationFrame',
  'crypto',
  'queueMicrotask',
];
const pages = ['document', 'window', 'navigator', 'location', 'localStorage'];
const functions = [
  'pow',
  'cbrt',
  'log',
  'log2',
  'log10',
  'log1p',
  'exp',
  'expm1',
  'sin',
  'cos',
  'tan',
  'tanh',
  'hypot',
];

const chance = { object: 'Math', property: 'random', message: unsteady };
const clockOf = ['Date', 'performance', 'crypto', 'setTimeout', 'setInterval'].map((property) => ({
  object: 'globalThis',
  property,
  message: unsteady,
}));

export default ts.config(
  { ignores: ['dist/', 'dist-cli*/', 'storybook-static/', 'coverage/', '.cache/', 'node_modules/'] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  {
    languageOptions: {
      globals: { ...globals.browser, ...globals.node },
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': ['error', { allow: ['error', 'warn'] }],
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'] }],
      'object-shorthand': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // Numbers are written into text all over a program about numbers.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Typed arrays are read at indices that the code itself made: the alternative is a branch for each read.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
    rules: {
      // The compiler turns props and state into what the rule takes for a constant.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      'svelte/no-at-html-tags': 'error',
      'svelte/button-has-type': 'error',
    },
  },
  {
    files: core,
    ignores: [door],
    rules: {
      'no-restricted-globals': [
        'error',
        ...clocks.map((name) => ({ name, message: unsteady })),
        ...pages.map((name) => ({ name, message: unseen })),
      ],
      'no-restricted-properties': ['error', chance, ...clockOf],
    },
  },
  {
    files: exact,
    ignores: [door],
    rules: {
      'no-restricted-properties': [
        'error',
        chance,
        ...clockOf,
        ...functions.map((property) => ({ object: 'Math', property, message: inexact })),
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "BinaryExpression[operator='**']", message: inexact },
        { selector: "AssignmentExpression[operator='**=']", message: inexact },
      ],
    },
  },
  {
    // What a person reads in a terminal.
    files: ['test/run/**', 'scripts/**', 'bench/**', 'src/cli/**', 'test/conformance/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**', 'stories/**', 'bench/**'],
    // A mock's method is passed to expect() without its object, on purpose.
    rules: { '@typescript-eslint/unbound-method': 'off', '@typescript-eslint/require-await': 'off' },
  },
  { files: ['**/*.{js,mjs,cjs}'], extends: [ts.configs.disableTypeChecked] },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  { files: long, rules: { 'max-lines': 'off' } },
);
