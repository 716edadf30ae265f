// The beginning of a program in which no heap can be shared.

/**
 * The code, for `run`: to join a heap by its name fails with that error, and to make a private one does not. What was there
 * before is `NativeHeap`, to be put back into `binding`.
 */
export function unshared(code: string, message: string): string {
  return `
    import { createRequire } from 'node:module';
    const binding = createRequire(${JSON.stringify(import.meta.url)})('#binding');
    const { NativeHeap } = binding;
    binding.NativeHeap = {
      attach(options) {
        if (options.name === undefined) return NativeHeap.attach(options);
        throw Object.assign(new Error(${JSON.stringify(message)}), { code: ${JSON.stringify(code)} });
      },
    };
    `;
}
