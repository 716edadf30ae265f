// Watches an event loop: for how long it stood still.

const TICK = 1;

/** Starts to watch; the function it returns ends that, and gives the longest standstill in milliseconds. */
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
