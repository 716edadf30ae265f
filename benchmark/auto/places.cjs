// The rivals of this benchmark, in a folder of their own.
const path = require('node:path');

const folder = path.join(__dirname, 'rivals');

/** Loads one of them. */
function load(name) {
  return require(require.resolve(name, { paths: [folder] }));
}

module.exports = { folder, load };
