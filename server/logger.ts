import { type Logger, pino } from 'pino'

/** Structured JSON logs on stderr; stdout is for the one line that says where Pawkit is. */
export const createLogger = (level: string): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
