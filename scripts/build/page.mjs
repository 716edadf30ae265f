// Builds the live page: one HTML file with its style, its script, and a content security policy that names both by hash.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../run.mjs';

const SOURCE = join(root, 'src/page');
const OUTPUT = join(root, 'dist/src/page/page.html');

/** Writes dist/src/page/page.html. */
export async function buildPage() {
  const script = await bundled({ entryPoints: [join(SOURCE, 'page.ts')], format: 'iife' });
  const style = await bundled({
    stdin: {
      contents: "@import 'uplot/dist/uPlot.min.css';\n@import './page.css';",
      resolveDir: SOURCE,
      loader: 'css',
    },
  });
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const license = readFileSync(join(root, 'node_modules/uplot/LICENSE'), 'utf8').trim();
  const html = readFileSync(join(SOURCE, 'page.html'), 'utf8')
    .replace(
      '<meta charset="utf-8" />',
      (line) => `${line}\n<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    )
    .replaceAll(/\n\s+/g, '\n')
    .replace('<!doctype html>', (line) => `${line}\n<!-- Charts by uPlot:\n${license}\n-->`)
    .replace('</head>', (end) => `<style>${style}</style>\n${end}`)
    .replace('</body>', (end) => `<script>${script}</script>\n${end}`);
  mkdirSync(join(OUTPUT, '..'), { recursive: true });
  writeFileSync(OUTPUT, html);
}

async function bundled(options) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  return outputFiles[0].text.trim();
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
