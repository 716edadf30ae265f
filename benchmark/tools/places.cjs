// The places of the measured clients: this package, and the rivals in their own folder.
const path = require('path');

const root = path.join(__dirname, '..', '..');
const rivals = path.join(root, 'benchmark', 'rivals');

/**
 * Loads a client by its name. `mpmetrics` is this package, or the build of it in the folder that
 * `MPMETRICS_BENCHMARK_PACKAGE` names. So two versions can be compared.
 */
function load(name) {
  if (name === 'mpmetrics') return require(process.env.MPMETRICS_BENCHMARK_PACKAGE || root);
  return require(require.resolve(name, { paths: [rivals] }));
}

module.exports = { root, rivals, load };
