// The file of the server's thread, and the file of its page.
//
// This file is CommonJS, because only CommonJS knows its own path. Compiled it is JavaScript, and in the tests
// TypeScript.

const isSource = __filename.endsWith('.cts');

/** The file that the thread runs, the options of Node.js for it, and the live page as built. @internal */
const threadLocation: { file: string; execArgv: string[]; page: string } = {
  file: `${__dirname}/thread${isSource ? '.ts' : '.js'}`,
  execArgv: isSource ? ['--import=@oxc-node/core/register'] : plugAndPlay(),
  page: `${__dirname}${isSource ? '/../../dist/src' : '/..'}/page/page.html`,
};

/** Under Yarn's Plug'n'Play, only its loader finds files of packages, and threads do not inherit the loader. */
function plugAndPlay(): string[] {
  const { findPnpApi } = require('module') as { findPnpApi?: (file: string) => PnpApi | null };
  const loader = findPnpApi?.(__filename)?.resolveRequest('pnpapi', __filename);
  return loader ? ['--require', loader] : [];
}

/** The part of Yarn's module that is used here. */
interface PnpApi {
  resolveRequest(request: string, issuer: string): string | null;
}

export = threadLocation;
