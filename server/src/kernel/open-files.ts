import { readFileSync } from 'node:fs'

// Of a process without callers: libraries, the log, listening sockets, files of the embedded database
// (which has one for each table and index that is in use), receivers of webhooks.
const KEPT_FILES = 400
// Where the system does not say how many may be open, macOS has the least.
const DEFAULT_LIMIT = 1_024
// What the embedded database asks for at the least, and what it has use for: its tables and their indexes.
const MIN_DATABASE_FILES = 64
const MAX_DATABASE_FILES = 256
// At the least; with fewer the program is of no use.
const MIN_CONNECTIONS = 50
const MAX_CONNECTIONS = 65_535

/** How many files and sockets this process may have open at once. */
export function readOpenFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8')
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
    if (soft === 'unlimited') return Number.MAX_SAFE_INTEGER
    return soft === undefined ? DEFAULT_LIMIT : Number(soft)
  } catch {
    return DEFAULT_LIMIT
  }
}

/** How many files the embedded database may have open; beyond these it closes those not in use. */
export function databaseFilesBelow(limit: number): number {
  return Math.min(MAX_DATABASE_FILES, Math.max(MIN_DATABASE_FILES, Math.floor(limit / 4)))
}

/**
 * How many connections callers may have: further callers are refused, and the database, webhooks and
 * files go on. A quarter at least is kept from callers.
 */
export function connectionsBelow(limit: number, poolSize: number): number {
  const kept = Math.max(
    Math.min(KEPT_FILES, Math.floor(limit / 2)) + poolSize,
    Math.ceil(limit / 4),
  )
  return Math.min(MAX_CONNECTIONS, Math.max(MIN_CONNECTIONS, limit - kept))
}
