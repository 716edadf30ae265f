// The token: a text by which a process tells its threads and child processes about its heap.

import { isHeapName } from '../heap/heap-name';
import type { Application } from './application';

/** The environment variable that carries the token. @internal */
export const TOKEN_VARIABLE = 'MPMETRICS_TOKEN';

/** A heap, and its application. @internal */
export interface Token {
  /** The heap's name. Absent: the heap is private to the process, and only threads get the token. */
  readonly name?: string;
  /** The heap's id, 32 hex digits, which a missing heap gets when it is made. Absent for a name chosen by the user. */
  readonly id?: string;
  /** The layout version of the writer. Processes with another version cannot read its heap. */
  readonly layout: number;
  /** The application that the heap belongs to. */
  readonly application: Application;
  /** The file system that has the heap, as the kernel numbers it; empty or absent where that is not known. */
  readonly sharedMemory?: string;
  /** The user whose heap it is. */
  readonly user?: number;
  /** The process that tells its children, as its pid namespace numbers it. */
  readonly teller?: number;
}

/** The token as text. @internal */
export function writeToken(token: Token): string {
  const { name, id, layout, application, sharedMemory, user, teller } = token;
  const { root, path } = application;
  return JSON.stringify({
    name,
    id,
    layout,
    application: { name: application.name, root, path },
    sharedMemory,
    user,
    teller,
  });
}

/** The token in a text. Undefined if there is none: the variable may hold anything. @internal */
export function readToken(text: string): Token | undefined {
  // No token is longer: paths end at 4096 characters.
  if (text.length > 16_384) return undefined;
  let token: Partial<Token> | null;
  try {
    token = JSON.parse(text) as Partial<Token> | null;
  } catch {
    return undefined;
  }
  return isToken(token) ? token : undefined;
}

function isToken(token: Partial<Token> | null): token is Token {
  return (
    typeof token === 'object' &&
    token !== null &&
    (token.name === undefined ? token.id !== undefined : isHeapName(token.name)) &&
    (token.id === undefined || /^[0-9a-f]{32}$/.test(String(token.id))) &&
    Number.isInteger(token.layout) &&
    (token.sharedMemory === undefined || typeof token.sharedMemory === 'string') &&
    (token.user === undefined || Number.isInteger(token.user)) &&
    (token.teller === undefined || Number.isInteger(token.teller)) &&
    isApplication(token.application)
  );
}

function isApplication(application: Partial<Application> | null | undefined): boolean {
  return (
    typeof application === 'object' &&
    application !== null &&
    typeof application.name === 'string' &&
    typeof application.root === 'string' &&
    typeof application.path === 'string'
  );
}
