import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { expect, onTestFinished } from 'vitest'
import { runCommand } from '../src/command/run-command.ts'
import type { Streams } from '../src/command/terminal.ts'

export const apiKey = 'sk-0123456789abcdef'

export interface Scene {
  url: string
  /** What comes on standard input; on a terminal, what is typed. */
  stdin?: string | AsyncIterable<Uint8Array>
  isTerminal?: boolean
  noColor?: boolean
  apiKey?: string
  webhookSecret?: string
}

export interface Played {
  status: number
  out: string
  err: string
}

/** Runs a command line in this process, and answers what it printed. The key is never in it. */
export async function play(args: string[], scene: Scene): Promise<Played> {
  const { isTerminal = false } = scene
  const printed = { out: '', err: '' }
  const screen = (name: 'out' | 'err') => {
    const write = (chunk: Buffer, _: string, done: () => void) => {
      printed[name] += chunk.toString()
      done()
    }
    return Object.assign(new Writable({ write }), { isTTY: isTerminal, columns: 80 })
  }
  const input = typeof scene.stdin === 'string' ? [Buffer.from(scene.stdin)] : (scene.stdin ?? [])
  const stdin = Object.assign(Readable.from(input), { isTTY: isTerminal })
  const status = await runCommand({
    args,
    environment: {
      apiKey: scene.apiKey ?? apiKey,
      url: scene.url,
      webhookSecret: scene.webhookSecret,
      noColor: scene.noColor ?? false,
    },
    streams: { stdin, stdout: screen('out'), stderr: screen('err') } as unknown as Streams,
    interruption: { answer: () => '' },
  })
  for (const text of [printed.out, printed.err]) {
    expect(text).not.toContain(apiKey)
    expect(text).not.toContain(btoa(`${apiKey}:`))
  }
  return { status, ...printed }
}

export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-command-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
