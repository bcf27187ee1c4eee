export default {
  files: ['test/**/*.test.ts'],
  extensions: { ts: 'module' },
  nodeArguments: ['--import=tsx'],
  // tsx registers its loader per process: on Node 20 it does not reach AVA's worker threads.
  workerThreads: false,
  // Two processes of many sessions each: more make real clients miss limits that they keep anywhere else.
  concurrency: 2,
  timeout: '2m',
};
