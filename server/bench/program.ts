import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { scripts } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { scripts: { start: string } }
// Servers are measured as `npm start` runs them.
const START_FLAGS = scripts.start.split(' ').filter((word) => word.startsWith('--'))

/** A server in a process of its own, as in production. */
export interface Program {
  url: string
  stop(): Promise<void>
}

export interface ProgramOptions {
  /** Node's own, such as those of the profiler. */
  flags?: string[]
  env?: Record<string, string>
}

/** Starts a program that says where it serves; `file` is seen from this folder. */
export async function startProgram(
  file: string,
  { flags = [], env = {} }: ProgramOptions = {},
): Promise<Program> {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const args = [...START_FLAGS, ...flags, path]
  const child = spawn(process.execPath, args, {
    // Nothing of the caller's environment: it would change what is measured.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stopWithUs = (): void => void child.kill('SIGKILL')
  process.once('exit', stopWithUs)
  const url = await readUrl(child, file)
  return {
    url,
    async stop() {
      process.off('exit', stopWithUs)
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

function readUrl(child: ChildProcess, file: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      const url = /serves (\S+)/.exec(output)?.[1]
      if (url) resolve(url)
      // What a running server says are warnings: whoever reads the figures should see them.
      else if (output.includes('"level":')) process.stderr.write(chunk)
    })
    child.once('exit', (code) => {
      reject(new Error(`${file} ended with ${code} before it served:\n${output}`))
    })
  })
}
