import { type DestinationStream, type Logger, pino } from 'pino'
import { codeOf } from './start-problem.ts'

/**
 * What is logged of an error. Not its other properties, since a validation error holds the input, nor the words of
 * JSON's errors, which quote it; a stack begins with the words, so only its frames are taken.
 */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const code = codeOf(error)
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return {
    type: error.name,
    ...(code !== '' && { code }),
    message: error instanceof SyntaxError ? 'not valid JSON' : error.message,
    stack: frames.join('\n'),
    ...(error.cause !== undefined && { cause: errorFacts(error.cause) }),
  }
}

/** Structured JSON logs on stderr; stdout is for the one line that says where Pawkit is. */
export const createLogger = (
  level: string,
  destination: DestinationStream = pino.destination({ dest: 2, sync: true }),
): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: errorFacts } },
    destination,
  )
