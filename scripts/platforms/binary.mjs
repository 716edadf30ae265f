// The facts in a binary: its format, its machine, and the oldest system that loads it. Read from the file alone, so
// that every format can be read on every machine.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/**
 * @param {string} file
 * @returns {{ os: string, cpu: string, lowest: string, isStripped: boolean }} `lowest`: such as `glibc 2.17`
 */
export function describe(file) {
  const bytes = readFileSync(file);
  const magic = bytes.readUInt32LE(0);
  if (magic === 0x464c457f) return elf(bytes);
  if (magic === 0xfeedfacf) return machO(bytes);
  if ((magic & 0xffff) === 0x5a4d) return portableExecutable(bytes);
  throw new Error(`${file} is no binary of a format that is known here`);
}

/** ELF, 64 bits, little-endian: sections of 64 bytes, whose number and place are in the header. */
function elf(bytes) {
  const cpu = { 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)];
  const start = Number(bytes.readBigUInt64LE(40));
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, number) => {
    const at = start + number * 64;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
    };
  });
  const needed = neededLibraries(bytes, sections);
  const versions = neededVersions(bytes, sections).filter((name) => /^GLIBC_\d/.test(name));
  const newest = versions
    .map((name) => name.slice('GLIBC_'.length))
    .toSorted(byNumbers)
    .at(-1);
  const isMusl = needed.some((name) => /musl/.test(name)) || needed.includes('libc.so');
  const lowest = isMusl ? 'musl 1.2' : `glibc ${newest ?? 'of any version'}`;
  const SYMBOL_TABLE = 2;
  return {
    os: 'linux',
    cpu,
    lowest,
    isStripped: !sections.some(({ type }) => type === SYMBOL_TABLE),
  };
}

/** The libraries that the dynamic section (type 6) names. */
function neededLibraries(bytes, sections) {
  const dynamic = sections.find(({ type }) => type === 6);
  const names = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const NEEDED = 1n;
    if (bytes.readBigInt64LE(at) !== NEEDED) continue;
    const name = sections[dynamic.link].offset + Number(bytes.readBigUInt64LE(at + 8));
    names.push(textAt(bytes, name));
  }
  return names;
}

/** The versions of symbols that are asked for: lists within a list, each entry of 16 bytes with the distance to the next. */
function neededVersions(bytes, sections) {
  const table = sections.find(({ type }) => type === 0x6ffffffe);
  if (!table) return [];
  const strings = sections[table.link].offset;
  const names = [];
  for (let file = table.offset, next = 1; next !== 0; file += next) {
    next = bytes.readUInt32LE(file + 12);
    let at = file + bytes.readUInt32LE(file + 8);
    for (let left = bytes.readUInt16LE(file + 2); left > 0; left -= 1) {
      names.push(textAt(bytes, strings + bytes.readUInt32LE(at + 8)));
      at += bytes.readUInt32LE(at + 12);
    }
  }
  return names;
}

/** Mach-O, 64 bits: load commands one after the other, each with its kind and its length. */
function machO(bytes) {
  const cpu = { 0x01000007: 'x64', 0x0100000c: 'arm64' }[bytes.readUInt32LE(4)];
  const about = { lowest: 'macOS of any version', isStripped: true };
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left -= 1) {
    const kind = bytes.readUInt32LE(at);
    const [BUILD_VERSION, SYMBOLS, SIGNATURE] = [0x32, 0x2, 0x1d];
    if (kind === BUILD_VERSION) {
      const version = bytes.readUInt32LE(at + 12);
      about.lowest = `macOS ${version >> 16}.${(version >> 8) & 0xff}`;
    }
    if (kind === SYMBOLS) about.isStripped = hasOnlyGlobals(bytes, at);
    if (kind === SIGNATURE) about.isSigned = isSignatureRight(bytes, bytes.readUInt32LE(at + 8));
    at += bytes.readUInt32LE(at + 4);
  }
  // An arm64 Mac ends a process that loads code without a signature that is right.
  if (cpu === 'arm64' && !about.isSigned)
    throw new Error('The signature of the arm64 binary is wrong.');
  return { os: 'darwin', cpu, lowest: about.lowest, isStripped: about.isStripped };
}

/** Whether the symbols, of 16 bytes each, are those that others can find: exported or imported. */
function hasOnlyGlobals(bytes, at) {
  const offset = bytes.readUInt32LE(at + 8);
  const count = bytes.readUInt32LE(at + 12);
  const EXTERNAL = 1;
  return Array.from({ length: count }, (_, number) => bytes[offset + number * 16 + 4]).every(
    (type) => (type & EXTERNAL) !== 0,
  );
}

/** Whether the code directory of an ad-hoc signature has the SHA-256 of each page of the file. Its numbers are big-endian. */
function isSignatureRight(bytes, start) {
  const directory = start + bytes.readUInt32BE(start + 16);
  const CODE_DIRECTORY = 0xfade0c02;
  if (bytes.readUInt32BE(directory) !== CODE_DIRECTORY) return false;
  const hashes = directory + bytes.readUInt32BE(directory + 16);
  const limit = bytes.readUInt32BE(directory + 32);
  const size = bytes[directory + 36];
  const page = 1 << bytes[directory + 39];
  return Array.from({ length: bytes.readUInt32BE(directory + 28) }, (_, number) => number).every(
    (number) => {
      const code = bytes.subarray(number * page, Math.min((number + 1) * page, limit));
      const expected = bytes.subarray(hashes + number * size, hashes + (number + 1) * size);
      return createHash('sha256').update(code).digest().subarray(0, size).equals(expected);
    },
  );
}

/** PE: an old header, whose last word leads to the new one. */
function portableExecutable(bytes) {
  const header = bytes.readUInt32LE(60);
  const cpu = { 0x8664: 'x64', 0xaa64: 'arm64' }[bytes.readUInt16LE(header + 4)];
  const optional = header + 24;
  const asked = `${bytes.readUInt16LE(optional + 48)}.${bytes.readUInt16LE(optional + 50)}`;
  // The version in the header is lower than the one that Node.js 20 needs.
  const lowest = byNumbers(asked, '10.0') > 0 ? `Windows ${asked}` : 'Windows 10';
  const symbols = bytes.readUInt32LE(header + 16);
  return { os: 'win32', cpu, lowest, isStripped: symbols === 0 };
}

function textAt(bytes, start) {
  return bytes.toString('latin1', start, bytes.indexOf(0, start));
}

function byNumbers(one, other) {
  return one.localeCompare(other, 'en', { numeric: true });
}
