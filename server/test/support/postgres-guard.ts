import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readdir, readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Account } from './postgres-binaries.ts'

/**
 * A PostgreSQL that cannot outlive this process. A shell stands between the two and reads a pipe:
 * when this process dies, whatever the cause, the pipe closes, and the shell stops PostgreSQL and
 * removes its folder. It runs in its own session, so that Ctrl-C reaches it only through the pipe.
 */
const guardScript = `
  folder=$1
  shift
  exec 5<&0 </dev/null
  "$@" 3>&- 5<&- &
  postgres=$!
  exec 4>&-
  echo "$postgres" >&3
  exec 3>&-
  answer=
  read -r answer <&5
  if [ "$answer" = keep ]; then
    wait "$postgres"
    exit 0
  fi
  kill -QUIT "$postgres" 2>/dev/null
  wait "$postgres"
  cd / && rm -rf -- "$folder"
`

export interface Guarded {
  pid: number
  /** True once no process of the server is left. */
  readonly ended: boolean
  shutDown(): Promise<void>
  kill9(): Promise<void>
  /** Stops it without a checkpoint and removes its folder. */
  discard(): Promise<void>
}

interface GuardedParts {
  command: string[]
  folder: string
  account: Account
  env: NodeJS.ProcessEnv
  logFile: string
}

export async function startGuarded(parts: GuardedParts): Promise<Guarded> {
  const log = await open(parts.logFile, 'a')
  const args = ['-c', guardScript, 'newcomer-postgres-guard', parts.folder, ...parts.command]
  const guard = spawn('sh', args, {
    ...parts.account,
    cwd: parts.folder,
    env: parts.env,
    detached: true,
    stdio: ['pipe', log.fd, log.fd, 'pipe', 'pipe'],
  })
  const exited = once(guard, 'exit')
  exited.catch(() => undefined)
  // Every process of the server holds the other end, so its end is the end of the last of them. Listened for before
  // anything is waited for: a server that refuses a setting is gone sooner than its process id is read.
  const processes = guard.stdio[4] as Socket
  let ended = false
  const allEnded = once(processes.resume(), 'close').then(() => {
    ended = true
  })
  await once(guard, 'spawn')
  await log.close()

  const lifeline = guard.stdin as Socket
  // The guard may be gone already; then there is nobody left to tell.
  lifeline.on('error', () => undefined)
  const pid = await readPid(guard.stdio[3] as Readable)
  // None of this keeps the test run alive: the guard is there for when it ends.
  guard.unref()
  const sockets = [lifeline, processes]
  for (const socket of sockets) socket.unref()

  async function leave(answer: 'keep' | 'remove'): Promise<void> {
    guard.ref()
    for (const socket of sockets) socket.ref()
    lifeline.end(`${answer}\n`)
    await Promise.all([allEnded, exited])
  }
  return {
    pid,
    get ended() {
      return ended
    },
    async shutDown() {
      if (!ended) signal(pid, 'SIGINT')
      await leave('keep')
    },
    async kill9() {
      await killAll(pid)
      await leave('keep')
    },
    discard: () => leave('remove'),
  }
}

async function readPid(stream: Readable): Promise<number> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return Number(text)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function killAll(postmaster: number): Promise<void> {
  // Stopped first, so that it cannot start a process between the listing and the kill.
  signal(postmaster, 'SIGSTOP')
  const children = await listChildren(postmaster)
  for (const pid of [postmaster, ...children]) signal(pid, 'SIGKILL')
}

async function listChildren(parent: number): Promise<number[]> {
  const pairs = process.platform === 'linux' ? await pairsFromProc() : await pairsFromPs()
  return pairs.filter(([, itsParent]) => itsParent === parent).map(([pid]) => pid)
}

/** Small container images have no `ps`. */
async function pairsFromProc(): Promise<[number, number][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const pairs = pids.map(async (pid): Promise<[number, number]> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // `pid (name) state parent …`, and the name may contain spaces and brackets.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [Number(pid), Number(parent)]
  })
  return Promise.all(pairs)
}

async function pairsFromPs(): Promise<[number, number][]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid='])
  return stdout.split('\n').map((line) => {
    const [pid, parent] = line.trim().split(/\s+/)
    return [Number(pid), Number(parent)]
  })
}
