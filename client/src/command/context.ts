import type { Readable } from 'node:stream'
import type { Client } from '../client.ts'
import type { NewcomerError } from '../newcomer-error.ts'
import type { Lost } from '../backoff.ts'
import type { Terminal } from './terminal.ts'
import { visible } from './text.ts'

/** What a command works with. */
export interface Context {
  terminal: Terminal
  client: Client
  /** Which organization it is, without telling its key. */
  keyHash: string
  /** What forwarded events are signed with, where the user chose it. */
  webhookSecret: string | undefined
  stdin: Readable
  /** What to do on ^C; answers what to tell the user. Changes as the command goes on. */
  interruption: { answer: () => Promise<string> | string }
}

/** 0: all is well; 1: failed; 2: some rows were rejected. */
export type ExitStatus = 0 | 1 | 2

/** Says that a connection was lost: once for all the tries in a row. */
export function sayLost(terminal: Terminal): (lost: Lost) => void {
  let last = Number.NEGATIVE_INFINITY
  return ({ error }) => {
    const now = performance.now()
    if (now - last > 60_000)
      terminal.say(`${reasonOf(error)}: trying again for up to 10 minutes ...`)
    last = now
  }
}

function reasonOf({ status, message, details }: NewcomerError): string {
  if (status === 429) return visible(message).replace(/\.$/, '')
  if (status === 503) return `The server is busy (${status})`
  if (status !== 0) return `The server could not be reached (${status})`
  const code = details['code']
  return `Connection lost (${typeof code === 'string' ? code : message.toLowerCase()})`
}
