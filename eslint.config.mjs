import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Folders of programs beside the app, and what they share. */
const PROGRAMS = ['bench', 'conformance', 'faults', 'harness', 'scripts'];

/** What each folder may not import: an arrow goes downwards. */
const LAYERS = [
  ...layer(['web'], ['bin', 'lambda', 'lib', 'local', 'test', ...PROGRAMS], 'The pages know the API alone.'),
  ...layer(['lambda'], ['bin', 'lib', 'local', 'test', 'web', ...PROGRAMS], 'Functions know AWS alone.'),
  ...layer(['lib'], ['bin', 'local', 'test', 'web', ...PROGRAMS], 'The templates know what they deploy.'),
  ...layer(['local'], ['bin', 'lambda', 'lib', 'test', 'web', ...PROGRAMS], 'The local run knows AWS alone.'),
  ...layer(['bin'], ['test', ...PROGRAMS], 'The app and the local run need no other program.'),
  ...layer(PROGRAMS, ['test'], 'Tests import programs, never the other way round.'),
];

/** What of a locator is read once. `evaluate` may be a look that is meant so. */
const READS_OF_A_PAGE = [
  ...['allInnerTexts', 'allTextContents', 'count', 'getAttribute', 'innerText', 'inputValue', 'textContent'],
  ...['isChecked', 'isDisabled', 'isEnabled', 'isHidden', 'isVisible'],
];

/** By how deep a file is, as `local/` has a folder `lambda/` of its own: only `../` up to the root makes the other one of it. */
function layer(folders, forbidden, message) {
  return [0, 1, 2, 3].map((depth) => ({
    files: folders.map((folder) => `${folder}/${'*/'.repeat(depth)}*.{ts,js,mjs,cjs}`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [{ group: forbidden.map((folder) => `${'../'.repeat(depth + 1)}${folder}/**`), message }],
        },
      ],
    },
  }));
}

export default tseslint.config(
  { ignores: ['node_modules/**', 'cdk.out*/**', 'coverage/**', 'dist/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // A step returns its refusals: what it throws, the compiler does not see (docs/decisions/0011-refusals-are-errors.md).
    files: ['lambda/{seat,payment,checkout}/**/*.ts', 'lambda/ticket/generate-ticket.ts'],
    // A route.
    ignores: ['lambda/payment/get-authentication.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ThrowStatement > NewExpression[callee.name="Problem"]',
          message: 'Return the refusal: the compiler then finds its row in the table of outcomes.',
        },
      ],
    },
  },
  {
    // A jest matcher or a JSON body is `any` by nature; what the tests assert is what gives it a type.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
    },
  },
  {
    // Read once, a page may be behind what was waited for.
    files: ['test/browser/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `CallExpression[callee.name="expect"] AwaitExpression > CallExpression[callee.property.name=/^(${READS_OF_A_PAGE.join('|')})$/]`,
          message: 'Use `expectShown`: it looks until the page is so.',
        },
      ],
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [js.configs.recommended],
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  { files: ['web/**/*.js', 'bench/pages/in-page.js'], languageOptions: { globals: globals.browser } },
  {
    // What Node runs as it is. Modules are `.mjs`; without a `type` in package.json, `.js` is CommonJS.
    files: ['**/*.{mjs,cjs}', '*.js', '{bench,local,scripts,test}/**/*.js'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.cjs', '*.js', '{bench,local,scripts,test}/**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    // CloudFront Functions, runtime 2.0: a script with a handler that CloudFront calls by its name.
    files: ['lib/**/*.js'],
    languageOptions: { sourceType: 'script' },
    rules: { 'no-unused-vars': ['error', { varsIgnorePattern: '^handler$' }] },
  },
  ...LAYERS,
);
