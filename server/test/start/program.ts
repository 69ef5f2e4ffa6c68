import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url))
/** Started many times, a program need not strip the types of the same sources each time. */
export const COMPILE_CACHE = join(tmpdir(), 'newcomer-compile-cache')

export interface Program {
  child: ChildProcess
  /** Resolves with where it serves. */
  url: Promise<string>
  /** Resolves when it has ended. */
  ended: Promise<{ code: number | null; output: string; errors: string }>
}

/**
 * Runs a program of the server in a process of its own, with only these variables of its own set, and with so many
 * files and sockets open at once at the most.
 */
export function run(
  file: 'main.ts' | 'operator/command.ts',
  env: Record<string, string>,
  args: string[] = [],
  openFiles: number | 'as many as here' = 'as many as here',
): Program {
  const flags = ['--disable-warning=ExperimentalWarning', join(SOURCE, file), ...args]
  const limit = openFiles === 'as many as here' ? '' : `ulimit -n ${openFiles} && `
  const child = spawn('/bin/sh', ['-c', `${limit}exec "$0" "$@"`, process.execPath, ...flags], {
    env: { PATH: '/usr/bin:/bin', PORT: '0', NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  let serves: (url: string) => void
  let fails: (reason: Error) => void
  const url = new Promise<string>((resolve, reject) => {
    serves = resolve
    fails = reject
  })
  // Nobody asks for the URL of a program that is meant to fail.
  url.catch(() => undefined)
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk
    const found = /serves (\S+)/.exec(output)?.[1]
    if (found) serves(found)
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk
  })
  const ended = new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    child.once('close', (code) => {
      fails(new Error(`ended before it served: ${errors}`))
      resolve({ code, output, errors })
    })
  })
  return { child, url, ended }
}

/** A folder of the test's own; `drop` removes it with all that is in it. */
export function freshFolder(): { path: string; drop(): void } {
  const path = mkdtempSync(join(tmpdir(), 'newcomer-test-'))
  return { path, drop: () => rmSync(path, { recursive: true, force: true }) }
}
