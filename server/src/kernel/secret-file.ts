import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { dirname } from 'node:path'
import type { Logger } from './log.ts'

const OTHERS_MAY_READ = 0o077

/** The text of a secret's file; undefined without one. Warns when others may read it too. */
export function readSecretFile(path: string, log: Logger): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if ((statSync(path).mode & OTHERS_MAY_READ) !== 0) {
      log.warn({ path }, 'This file holds a secret and others may read it: chmod 600 it.')
    }
    return text
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a secret to a file that only its owner can read, unless there is one. The file is written
 * apart and linked into place: it is never seen half written, and of two writers one wins.
 */
export function createSecretFile(path: string, secret: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = openSync(draft, 'wx', 0o600)
  try {
    writeSync(file, `${secret}\n`)
    fsyncSync(file)
    linkSync(draft, path)
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere) throw error
  } finally {
    closeSync(file)
    rmSync(draft, { force: true })
  }
}
