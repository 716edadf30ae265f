// How the specs run: TypeScript loaded as it is, each file in a process of its own.
export default {
  files: ['__test__/**/*.spec.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=@oxc-node/core/register'],
  // Processes, not threads: a file's default heap, environment and exit are its own.
  workerThreads: false,
  concurrency: 2,
  // Without anything that passes or fails: far more than the longest takes on a machine that is busy besides.
  timeout: '10m',
  environmentVariables: {
    // The files are children of one parent, so they would meet in one heap, as a service's processes should.
    // A test that wants sharing names its heap, or starts its processes without this variable.
    MPMETRICS: 'private',
  },
};
