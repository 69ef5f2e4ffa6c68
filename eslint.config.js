import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default defineConfig(
  globalIgnores(['**/dist/', '**/coverage/', 'data/', '**/*.d.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,js}'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'max-depth': ['error', 4],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', 70],
      'max-params': ['error', 5],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ['vitest.config.ts', 'dashboard/build.ts'],
          defaultProject: 'server/tsconfig.json',
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/strict-boolean-expressions': [
        'error',
        { allowNullableBoolean: true, allowNullableObject: true, allowNullableString: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // The compiler's noUnusedLocals says the same, and knows types from values.
      '@typescript-eslint/no-unused-vars': 'off',
      // Parts here are closures: taking a function out of its object is the idiom.
      '@typescript-eslint/unbound-method': 'off',
      // An async function without await keeps "fails by rejecting" true; PGlite's stand-ins need it.
      '@typescript-eslint/require-await': 'off',
      // "${count} orders" is what template strings are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    // Markup takes lines, and hides little in them.
    files: ['dashboard/src/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', 100] },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      'max-lines': ['error', 500],
      // A `describe` is one function around a whole chapter; the tidy test measures what is in it.
      'max-lines-per-function': 'off',
      'max-params': 'off',
      // What an answer's JSON holds is what the test is about to find out.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/strict-boolean-expressions': 'off',
    },
  },
  {
    // A step answers a new value: what one wrote into its argument, the compiler could not order.
    files: ['server/src/imports/{store,worker,run}/**/*.ts', 'server/src/imports/*.ts'],
    rules: { 'no-param-reassign': ['error', { props: true }] },
  },
  {
    // Programs whose output is for a person at a terminal.
    files: ['server/{bench,demo}/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
)
