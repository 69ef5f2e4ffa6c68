import type { Readable } from 'node:stream'

import type { Client } from '../client.ts'
import type { NewcomerError } from '../newcomer-error.ts'
import type { Lost } from '../patience.ts'
import type { Terminal } from './terminal.ts'

/** What a command works with. */
export interface Context {
  terminal: Terminal
  client: Client
  /** Which organization it is, without telling its key. */
  keyHash: string
  stdin: Readable
  /** What to do on ^C; answers what to tell the user. Changes as the command goes on. */
  interruption: { answer: () => Promise<string> | string }
}

/** 0: all is well; 1: failed; 2: some rows were rejected. */
export type ExitStatus = 0 | 1 | 2

/** Says that a connection was lost, once for all tries in a row. */
export function sayLost(terminal: Terminal): (lost: Lost) => void {
  let last = Number.NEGATIVE_INFINITY
  return ({ error }) => {
    const now = performance.now()
    if (now - last > 60_000) terminal.say(`Connection lost (${reasonOf(error)}): trying again ...`)
    last = now
  }
}

function reasonOf({ status, message, details }: NewcomerError): string {
  if (typeof details['code'] === 'string') return details['code']
  return status === 0 ? message.toLowerCase() : `the server answered ${status}`
}
