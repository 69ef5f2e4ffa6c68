import { pino } from 'pino'
import type { Logger } from 'pino'

export type { Logger }

/**
 * JSON lines on standard output. Bodies, paths with ids in them and headers are never logged; what
 * could carry a secret by accident is cut by name.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        '*.authorization',
        '*.parameters',
        'error.parameters',
        'err.parameters',
        'err.detail',
        'err.where',
      ],
      remove: true,
    },
  })
}
