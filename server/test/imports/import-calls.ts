import { vi } from 'vitest'
import { createCall, must } from '../support/network.ts'
import type { Answer, Member } from '../support/network.ts'

/** An import as it is answered; what it holds is what the test is about to find out. */
export type ImportBody = Answer['body']

/** What a file is sent with. */
export interface SendOptions {
  /** As in the query, such as `accounts,replace`. */
  mode?: string
  quiet?: boolean
  startsAtOnce?: boolean
  /** How the body is compressed already. */
  encoding?: 'gzip' | 'zstd'
  repeatKey?: string
}

/** The calls about imports of one organization. What is not named here goes by `call`. */
export interface ImportCalls {
  /** Sends a file, whole; without a body the import is made and its file is to follow. */
  send(file: string | Uint8Array | undefined, options?: SendOptions): Promise<Answer>
  /** Sends the rest of a file; what else the query says is in `query`, such as `last=false`. */
  sendRest(id: string, offset: number, rest: string | Uint8Array, query?: string): Promise<Answer>
  read(id: string): Promise<ImportBody>
  /** The import once it rests: ready, finished, refused, cancelled or undone. */
  rested(id: string): Promise<ImportBody>
  /** The import once the condition holds. */
  once(id: string, holds: (its: ImportBody) => boolean): Promise<ImportBody>
  /** Of a replacement with the number of customers that may lose something. */
  start(id: string, confirm?: number): Promise<Answer>
  cancel(id: string): Promise<Answer>
  undo(id: string): Promise<Answer>
  /** `rejects.csv` as it is. */
  rejects(id: string): Promise<string>
  /** Sends a file and waits until it is ready; fails where it is refused. */
  check(file: string | Uint8Array, options?: SendOptions): Promise<ImportBody>
  /** Starts an import that is ready, confirms what it takes away, and waits until it is finished. */
  finish(id: string): Promise<ImportBody>
  /** Sends a file, confirms what it takes away if need be, and waits until it is finished. */
  run(file: string | Uint8Array, options?: SendOptions): Promise<ImportBody>
  /** Takes an import back and waits until that is done. */
  takeBack(id: string): Promise<ImportBody>
}

const RESTING = ['ready', 'finished', 'refused', 'cancelled', 'undone']
const POLL_MS = 10
const LONGEST_MS = 120_000

export function createImportCalls(url: string, { key }: Pick<Member, 'key'>): ImportCalls {
  const call = createCall(url, key)
  const authorization = `Basic ${btoa(`${key}:`)}`
  const post = (id: string, name: string) => call('POST', `/v1/imports/${id}/${name}`, {})
  const read = (id: string): Promise<ImportBody> => must(call('GET', `/v1/imports/${id}`))

  async function sendBody(
    method: string,
    path: string,
    body: string | Uint8Array | undefined,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'text/csv' }
    const response = await fetch(url + path, {
      method,
      headers: { authorization, ...type, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : Buffer.from(body) }),
    })
    return { status: response.status, body: await response.json() }
  }

  const calls: ImportCalls = {
    send(file, options = {}) {
      const headers = {
        ...(options.encoding && { 'content-encoding': options.encoding }),
        ...(options.repeatKey !== undefined && { 'idempotency-key': options.repeatKey }),
      }
      return sendBody('POST', `/v1/imports${queryOf(options)}`, file, headers)
    },
    sendRest: (id, offset, rest, query = '') =>
      sendBody('PUT', `/v1/imports/${id}/file?offset=${offset}${query && `&${query}`}`, rest),
    read,
    rested: (id) => calls.once(id, ({ state }) => RESTING.includes(state)),
    once: (id, holds) =>
      vi.waitFor(
        async () => {
          const its = await read(id)
          if (!holds(its)) throw new Error(`the import is ${JSON.stringify(its)}`)
          return its
        },
        { timeout: LONGEST_MS, interval: POLL_MS },
      ),
    start: (id, confirm) => post(id, confirm === undefined ? 'start' : `start?confirm=${confirm}`),
    cancel: (id) => post(id, 'cancel'),
    undo: (id) => post(id, 'undo'),
    rejects: (id) => readText(`${url}/v1/imports/${id}/rejects.csv`, authorization),
    async check(file, options) {
      const { id } = await must(calls.send(file, options))
      return expectState(await calls.rested(id), 'ready')
    },
    async finish(id) {
      const { preview } = await calls.rested(id)
      await must(calls.start(id, preview?.confirm ?? undefined))
      return expectState(await calls.rested(id), 'finished')
    },
    async run(file, options) {
      const { id } = await must(calls.send(file, { ...options, startsAtOnce: true }))
      const its = await calls.rested(id)
      if (typeof its.preview?.confirm === 'number') return calls.finish(id)
      return expectState(its, 'finished')
    },
    async takeBack(id) {
      await must(calls.undo(id))
      return expectState(await calls.rested(id), 'undone')
    },
  }
  return calls
}

async function readText(url: string, authorization: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization } })
  if (response.status !== 200) throw new Error(`answered ${response.status}`)
  return response.text()
}

function queryOf({ mode, quiet, startsAtOnce }: SendOptions): string {
  const query = new URLSearchParams()
  if (mode !== undefined) query.set('mode', mode)
  if (quiet !== undefined) query.set('quiet', String(quiet))
  if (startsAtOnce) query.set('start', 'now')
  return query.size > 0 ? `?${query.toString()}` : ''
}

function expectState(its: ImportBody, state: string): ImportBody {
  if (its.state === state) return its
  throw new Error(`the import is not ${state}: ${JSON.stringify(its)}`)
}
