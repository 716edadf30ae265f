// Compiles the facade with a point after each of its stores to shared memory, into a separate folder.
//
// The types show which assignments store through a typed array, so no store is missed: each assignment to an element,
// and each call that fills an array, in the files that have the memory. No release is made from this.
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../../run.mjs';

/** The files that store into the heap. Elsewhere, typed arrays are private to the isolate. */
const ROOMS = /^src\/(?:cell\/|heap\/(?:attachment|arena)\.ts)/;
const TYPED_ARRAYS = new Set(['Float64Array', 'Uint32Array', 'Uint8Array']);
/** Private numbers of the isolate. */
const OWN = new Set(['rankOfOctave', 'number', 'halves']);
/** Calls that fill an array argument. */
const FILLING = new Set(['encodeInto']);

/** The folder of the facade with points. */
export const instrumented = join(root, 'build', 'failpoints');

/**
 * Compiles it.
 *
 * @returns {string[]} where the points are, as `file:line:column`; the number of a point is its index
 */
export function instrument() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(fileNames, {
    ...options,
    outDir: instrumented,
    declaration: false,
  });
  const points = [];
  const { emitSkipped } = program.emit(undefined, undefined, undefined, false, {
    before: [(context) => (file) => withPoints(file, context, program.getTypeChecker(), points)],
  });
  if (emitSkipped) throw new Error('The facade does not compile.');
  return points;
}

function withPoints(file, context, checker, points) {
  const name = relative(root, file.fileName);
  if (!ROOMS.test(name)) return file;
  const { factory } = context;
  const isStore = (node) => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      return FILLING.has(node.expression.name.text);
    }
    if (!ts.isBinaryExpression(node)) return false;
    const { kind } = node.operatorToken;
    if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return false;
    let target = node.left;
    while (ts.isParenthesizedExpression(target) || ts.isAsExpression(target)) {
      target = target.expression;
    }
    if (!ts.isElementAccessExpression(target) || OWN.has(target.expression.getText(file))) {
      return false;
    }
    const type = checker.getNonNullableType(checker.getTypeAtLocation(target.expression));
    return TYPED_ARRAYS.has(type.getSymbol()?.name);
  };
  const visit = (node) => {
    if (!isStore(node)) return ts.visitEachChild(node, visit, context);
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file));
    const point = points.push(`${name}:${line + 1}:${character + 1}`) - 1;
    // The store, and after it the point, with the value of the store: `afterStore(point, a[i] = b)`.
    return factory.createCallExpression(
      factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), 'afterStore'),
      undefined,
      [factory.createNumericLiteral(point), ts.visitEachChild(node, visit, context)],
    );
  };
  return ts.visitNode(file, visit);
}
