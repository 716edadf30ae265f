// The beginning of a program that cannot share a heap.

/**
 * Code for `run`: joining a heap by its name fails with that error, and creating a private one works. The program can
 * restore the original by assigning `NativeHeap` to the property of `binding`.
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
