// Groups of processes: whoever is spawned `detached` leads one, which those that it starts are in.

/** Ends all that is left of a group. Windows has none: there, its leader. */
export function endGroup(leader: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch {
    // All of them have ended, as they should.
  }
}
