import { pino } from 'pino'
import type { Logger, LoggerOptions } from 'pino'

export type { Logger }

/**
 * JSON lines on standard output. Bodies, paths with ids in them and headers are never logged; what
 * could carry a secret by accident is cut by name. `about` is in every line.
 */
export function createLog(level: string, about: Record<string, unknown> | null = null): Logger {
  return pino({ ...logOptions(level), base: about })
}

/** The options alone, for a log that goes elsewhere. */
export function logOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: showError, error: showError },
    redact: { paths: ['*.authorization', '*.parameters'], remove: true },
  }
}

/** An error as it is logged. */
export interface ShownError {
  type: string
  message: string
  stack: string
  [fact: string]: unknown
}

// What says where something went wrong, and not with what. A database's `detail`, `where` and `hint` quote
// rows; `query` and `params` of the embedded one, `input` of a URL are what a caller sent.
const FACTS = [
  ...['code', 'severity', 'constraint', 'table', 'column', 'schema', 'dataType', 'routine'],
  ...['errno', 'syscall', 'status', 'statusCode'],
]
// An error of the database's is known by its SQLSTATE. Those of class 23 quote constraints, those of class
// 42 the statement: names of this program's own.
const SQLSTATE = /^[0-9A-Z]{5}$/
const QUOTES_NAMES = /^(23|42)/
const MAX_DEPTH = 4

/** Keeps of an error what finds the bug, and leaves out the values that it arose with. */
export function showError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? 'an object' : typeof error
  const given = error as Error & Record<string, unknown>
  const message = showMessage(given)
  const shown: ShownError = {
    type: error.name,
    message,
    stack: [`${error.name}: ${message}`, ...framesOf(error)].join('\n'),
  }
  for (const fact of FACTS) {
    const value = given[fact]
    if (typeof value === 'string' || typeof value === 'number') shown[fact] = value
  }
  if (depth < MAX_DEPTH) {
    if (error.cause !== undefined) shown['cause'] = showError(error.cause, depth + 1)
    if (error instanceof AggregateError) {
      shown['errors'] = error.errors.slice(0, 10).map((each) => showError(each, depth + 1))
    }
  }
  return shown
}

/** The database and the engine put values in quotation marks, and numbers that are too large behind `value`. */
function showMessage({ name, message, code }: Error & { code?: unknown }): string {
  const isDatabase = typeof code === 'string' && SQLSTATE.test(code)
  if (isDatabase && QUOTES_NAMES.test(code)) return message
  if (!isDatabase && name !== 'SyntaxError') return message
  return message.replace(/"[^]*"/g, '"…"').replace(/'[^]*'/g, "'…'")
}

function framesOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^ {4}at /.test(line))
}
