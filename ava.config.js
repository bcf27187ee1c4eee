export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // tsx registers its loader per process: on Node 20 it does not reach AVA's worker threads.
  workerThreads: false,
  timeout: '2m',
};
