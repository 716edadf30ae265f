// Loaded before each spec: the package's warnings do not stand among the results.
//
// Tests that are about a warning listen to it, or read what a program of theirs prints. The listener of Node.js prints each.

const printers = process.listeners('warning');
process.removeAllListeners('warning');
for (const print of printers) {
  process.on('warning', (warning) => {
    if (warning.name !== 'MpmetricsWarning') print.call(process, warning);
  });
}
