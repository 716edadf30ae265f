// Findings about shared memory: its presence, its size, and the room that is left.

import { accessSync, constants, existsSync, statfsSync } from 'fs';
import { bytes } from '../../present/units';
import { fault, note, ok, type Finding } from './finding';

/** Less room than this, in bytes, is a fault: a heap begins with 64 KiB, and doubles. */
const LEAST_ROOM = 1024 * 1024;
/** A smaller part of free room is worth a note. */
const LEAST_SHARE = 0.1;
const DIRECTORY = '/dev/shm';

/** The findings about shared memory. @internal */
export function memoryFindings(): Finding[] {
  const subject = 'shared memory';
  if (process.platform !== 'linux') {
    return [ok(subject, `${process.platform} has no limit that can be seen from here`)];
  }
  if (!existsSync(DIRECTORY)) {
    return [
      fault(subject, `there is no ${DIRECTORY}`, `mount it: mount -t tmpfs tmpfs ${DIRECTORY}`),
    ];
  }
  try {
    accessSync(DIRECTORY, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      fault(subject, `this user may not write to ${DIRECTORY}`, `as root: chmod 1777 ${DIRECTORY}`),
    ];
  }
  const { bsize, blocks, bavail, files, ffree } = statfsSync(DIRECTORY);
  const [size, room] = [blocks * bsize, bavail * bsize];
  if (files > 0 && ffree === 0) {
    return [fault(subject, `${DIRECTORY} can hold no more files`, remount('nr_inodes=1M'))];
  }
  // A tmpfs without a limit has no blocks.
  if (blocks === 0) return [ok(subject, `${DIRECTORY} has no limit`)];
  const fact = `${bytes(room)} of ${bytes(size)} are free in ${DIRECTORY}`;
  const more = isContainer() ? containerAdvice() : remount(`size=${grownSize(size)}`);
  if (room < LEAST_ROOM) {
    return [
      fault(
        subject,
        `${fact}: new series are dropped`,
        `remove what is not needed there (du -sh ${DIRECTORY}/* | sort -h; mpmetrics clean), or ${more}`,
      ),
    ];
  }
  if (room < size * LEAST_SHARE) return [note(subject, fact, `to have more, ${more}`)];
  return [ok(subject, fact)];
}

function grownSize(size: number): string {
  return `${Math.max(64, Math.ceil((2 * size) / 2 ** 20))}M`;
}

function remount(option: string): string {
  return `as root: mount -o remount,${option} ${DIRECTORY} (and the same in /etc/fstab)`;
}

/** Whether this seems to be a container. The host sets its memory. */
function isContainer(): boolean {
  return (
    existsSync('/.dockerenv') ||
    existsSync('/run/.containerenv') ||
    process.env['KUBERNETES_SERVICE_HOST'] !== undefined
  );
}

function containerAdvice(): string {
  return (
    'start the container with more: docker run --shm-size=256m, shm_size: 256m in Compose, or in Kubernetes an emptyDir with ' +
    `medium: Memory at ${DIRECTORY}`
  );
}
