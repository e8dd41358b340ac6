import hooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist', 'node_modules', 'test-results', 'playwright-report', 'public', '.cache']),
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Our interfaces hold plain functions; none of them reads `this`.
      '@typescript-eslint/unbound-method': 'off',
      // `async` also says that a function keeps to an asynchronous contract.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    // JSON and recorded goldens come as `any`; an assertion on their values is the check.
    files: ['**/*.test.ts', '**/*.testing.ts', '**/testing/**'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/no-unsafe-argument': 'off' },
  },
  { files: ['src/cli/**', 'bench/**', 'e2e/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  { files: ['src/{ui,app}/**/*.{ts,tsx}'], extends: [hooks.configs.flat.recommended] },
);
