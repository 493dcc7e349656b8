import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'coverage/',
      '.data/',
      '.tmp/',
      '**/node_modules/',
      'test/package/hosts/',
      'test/types/wrong-uses.ts',
    ],
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[object.name=/^(describe|context|it)$/][property.name="only"]',
          message: 'A test left alone keeps all others from running.',
        },
        {
          selector: 'MemberExpression[object.name="AbortSignal"][property.name="any"]',
          message: 'Node 20 keeps its listeners for ever: see lib/follow-signal.ts.',
        },
      ],
      'prefer-const': ['error', { ignoreReadBeforeAssign: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_+$', ignoreRestSiblings: true },
      ],
      // Objects here are made of closures, which may be taken apart.
      '@typescript-eslint/unbound-method': 'off',
      // Many interfaces here are asynchronous for the sake of other implementations than the one at hand.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    },
  },
  {
    // The module logs to the host's logger; programs and scripts write to the terminal.
    files: ['lib/logger.ts', 'lib/cli/**/*.ts', 'host-example/**/*.{ts,tsx}', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      // `createServer(app.callback())`: what Koa returns there never rejects.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false, arguments: false } },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    // chai's assertions are properties.
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
