import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { COMPILE_CACHE } from '../start/program.ts'

/** The program itself in a process of its own, as an operator runs it. */
export interface ChildServer {
  url: string
  /** Of the process that was started; it may have started others. */
  pid: number | undefined
  readonly hasEnded: boolean
  /** What it wrote to standard output and standard error until now. */
  output(): string
  kill9(): Promise<void>
  /** Lets it do nothing any more, as a machine does that hangs; and go on. */
  pause(): void
  resume(): void
  /** Asks it to stop; its exit code, null when a signal ended it. */
  stop(): Promise<number | null>
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
// A cold start of the embedded database takes seconds where other tests run beside it.
const START_MS = 60_000

/** Starts it with this environment and no other, on a port of its own; receivers are on this machine. */
export async function startChild(env: Record<string, string>): Promise<ChildServer> {
  const flags = ['--disable-warning=ExperimentalWarning', '--import', path('end-with-parent.ts')]
  const child = spawn(process.execPath, [...flags, path('../../src/main.ts')], {
    env: {
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: '0',
      NEWCOMER_MODE: 'development',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  let hasEnded = false
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    hasEnded = true
    return code as number | null
  })
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`the server did not start in ${START_MS} ms:\n${output}`))
    }, START_MS)
    function read(chunk: Buffer): void {
      output += chunk.toString()
      const address = /Newcomer serves (http:\S+)/.exec(output)?.[1]
      if (!address) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void ended.then((code) => reject(new Error(`the server ended with ${code}:\n${output}`)))
    void ended.finally(() => clearTimeout(timer))
  })
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    child.kill(signal)
    return ended
  }
  return {
    url,
    pid: child.pid,
    get hasEnded() {
      return hasEnded
    },
    output: () => output,
    async kill9() {
      await end('SIGKILL')
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
  }
}

/** What a server logged that it should never have had to. */
export function complaintsOf(server: ChildServer): string[] {
  const lines = server.output().split('\n')
  // A line that is no JSON is Node's own last word.
  const expected = /"level":(50|60)|^(?!\{|Newcomer (?:serves|has no operator)|$)/
  return lines.filter((line) => expected.test(line))
}
