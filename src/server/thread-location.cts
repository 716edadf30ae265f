// Where the server's thread begins.
//
// A room of its own, since only CommonJS knows its file: compiled it is JavaScript, in the tests TypeScript.

const isSource = __filename.endsWith('.cts');

/** The file that the thread runs, and the options of Node.js that it takes. @internal */
const threadLocation: { file: string; execArgv: string[] } = {
  file: `${__dirname}/thread${isSource ? '.ts' : '.js'}`,
  execArgv: isSource ? ['--import=@oxc-node/core/register'] : plugAndPlay(),
};

/** Under Yarn's Plug'n'Play, files of packages are found only by its loader, which threads do not inherit. */
function plugAndPlay(): string[] {
  const { findPnpApi } = require('module') as { findPnpApi?: (file: string) => PnpApi | null };
  const loader = findPnpApi?.(__filename)?.resolveRequest('pnpapi', __filename);
  return loader ? ['--require', loader] : [];
}

/** The part of Yarn's own module that is used here. */
interface PnpApi {
  resolveRequest(request: string, issuer: string): string | null;
}

export = threadLocation;
