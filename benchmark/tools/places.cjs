// Where the benchmarks find what they measure: this package, and the rivals in their own folder.
const path = require('path');

const root = path.join(__dirname, '..', '..');
const rivals = path.join(root, 'benchmark', 'rivals');

/**
 * Loads a client by its name. `mpmetrics` is this package, or the build of it in the folder that
 * `MPMETRICS_BENCHMARK_PACKAGE` names: so a change can be measured before it is made.
 */
function load(name) {
  if (name === 'mpmetrics') return require(process.env.MPMETRICS_BENCHMARK_PACKAGE || root);
  return require(require.resolve(name, { paths: [rivals] }));
}

module.exports = { root, rivals, load };
