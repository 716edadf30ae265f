// Where the server's thread begins.
//
// A room of its own, since only CommonJS knows its file: compiled it is JavaScript, in the tests TypeScript.

const isSource = __filename.endsWith('.cts');

/** What Yarn adds to the module when it finds packages by a loader, without `node_modules` (Plug'n'Play). */
interface PlugAndPlay {
  findPnpApi?(file: string): { resolveToUnqualified(name: string, issuer: null): string } | null;
}

/** The options of Node that load it in the thread, too. */
function loader(): string[] {
  const api = (require('module') as PlugAndPlay).findPnpApi?.(__filename);
  return api ? ['--require', api.resolveToUnqualified('pnpapi', null)] : [];
}

/** The file that the thread runs, and the options of Node that it takes: for TypeScript the loader of the tests. @internal */
const threadLocation: { file: string; execArgv: string[] } = {
  file: `${__dirname}/thread${isSource ? '.ts' : '.js'}`,
  execArgv: isSource ? ['--import=@oxc-node/core/register'] : loader(),
};

export = threadLocation;
