// How the specs run: TypeScript loaded as it is, each file in a process of its own.
export default {
  files: ['__test__/**/*.spec.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=@oxc-node/core/register'],
  require: ['./__test__/support/expected-warnings.mjs'],
  // Processes, not threads: a file's default heap, environment and exit are its own.
  workerThreads: false,
  concurrency: 2,
  // The longest time without a result: far more than any test takes on a busy machine.
  timeout: '10m',
  environmentVariables: {
    // The files are children of one parent, so they would meet in one heap, as a service's processes should.
    // A test that wants sharing names its heap, or starts its processes without this variable.
    MPMETRICS: 'private',
  },
};
