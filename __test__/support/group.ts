// Process groups. A `detached` process leads one, and its children belong to the group.

/** Kills all remaining processes of a group. Windows has no groups: there, it kills the leader. */
export function endGroup(leader: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(process.platform === 'win32' ? leader : -leader, signal);
  } catch {
    // All of them have ended already.
  }
}
