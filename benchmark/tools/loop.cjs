// Measures the longest pause of an event loop.

const TICK = 1;

/** Starts to watch. The returned function stops, and returns the longest pause in milliseconds. */
function watchLoop() {
  let longest = 0;
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last - TICK);
    last = now;
  };
  const timer = setInterval(tick, TICK);
  return () => {
    tick();
    clearInterval(timer);
    return longest;
  };
}

module.exports = { watchLoop };
