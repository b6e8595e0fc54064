/** Why the server cannot start, in one line for whoever hosts it; the only error that ends the start without a stack. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
}

/** The system's code of an error (`EACCES`, `SQLITE_NOTADB`), or ''. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
