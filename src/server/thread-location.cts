// Where the server's thread begins.
//
// A room of its own, since only CommonJS knows its file: compiled it is JavaScript, in the tests TypeScript.

const isSource = __filename.endsWith('.cts');

/** The file that the thread runs, and the options of Node that it takes: for TypeScript the loader of the tests. @internal */
const threadLocation: { file: string; execArgv: string[] } = {
  file: `${__dirname}/thread${isSource ? '.ts' : '.js'}`,
  execArgv: isSource ? ['--import=@oxc-node/core/register'] : [],
};

export = threadLocation;
