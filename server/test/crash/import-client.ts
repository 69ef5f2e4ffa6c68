import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Answer } from '../support/network.ts'
import type { Address } from './load.ts'

/** What a program does that has a file imported, however often the server is away. */
export interface ImportClient {
  /** Calls until there is an answer; after a lost connection, and after a 503, again. */
  call(method: string, path: string, headers?: Record<string, string>): Promise<Answer>
  /** One call with a body; undefined when there was no answer. */
  post(path: string, headers: Record<string, string>, body: Buffer): Promise<Answer | undefined>
  /** Sends what of the file begins at this byte; what else the query says begins with `&`. */
  put(id: string, offset: number, rest: Buffer, query?: string): Promise<Answer>
  /** Sends the file from where the server has it, again and again until it has all of it. */
  send(id: string, bytes: Buffer): Promise<void>
  /** Asks until the import is as wished; the answer's object. */
  until(id: string, wished: (its: Answer['body']) => boolean): Promise<Answer['body']>
  /** Asks until there are more imports than so many; the id of the newest. */
  untilListed(more: number): Promise<string>
  /** How many connections were lost. */
  lost(): number
}

interface Sent {
  url: string
  key: string
  method: string
  path: string
  headers?: Record<string, string>
  body?: Buffer
}

const CSV = { 'content-type': 'text/csv' }
const PAUSE_MS = 5
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS))

export function createImportClient(address: Address, key: string): ImportClient {
  let lost = 0

  /** Undefined when the connection broke, or the server says that it is out of reach. */
  async function ask(sent: Omit<Sent, 'url' | 'key'>): Promise<Answer | undefined> {
    const answer = await send({ url: await address.get(), key, ...sent })
    if (answer && answer.status !== 503) return answer
    lost++
    await turn()
    return undefined
  }

  async function call(
    method: string,
    path: string,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    for (;;) {
      const answer = await ask({ method, path, headers })
      if (answer) return answer
    }
  }

  async function get(id: string): Promise<Answer['body']> {
    const { status, body } = await call('GET', `/v1/imports/${id}`)
    if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
    return body.object
  }

  return {
    call,
    async put(id, offset, body, query = '') {
      const path = `/v1/imports/${id}/file?offset=${offset}${query}`
      const answer = await ask({ method: 'PUT', path, headers: CSV, body })
      if (!answer) throw new Error('there was no answer')
      return answer
    },
    post: (path, headers, body) => ask({ method: 'POST', path, headers, body }),
    async send(id, bytes) {
      for (;;) {
        const { state, received_bytes: offset } = await get(id)
        if (state !== 'receiving') return
        // Rows are kept whole: the last byte of what is kept ends a line.
        if (offset > 0 && bytes[offset - 1] !== 0x0a) throw new Error(`a row is cut at ${offset}`)
        const path = `/v1/imports/${id}/file?offset=${offset}`
        const body = bytes.subarray(offset)
        const answer = await ask({ method: 'PUT', path, headers: CSV, body })
        // A server that is killed may have moved on behind the back of the question before.
        if (answer && answer.status !== 200 && answer.status !== 409) {
          throw new Error(`answered ${answer.status}: ${JSON.stringify(answer.body)}`)
        }
      }
    },
    async until(id, wished) {
      for (;;) {
        const its = await get(id)
        if (wished(its)) return its
        await turn()
      }
    },
    async untilListed(more) {
      for (;;) {
        const { body } = await call('GET', '/v1/imports')
        if (body.objects.length > more) return body.objects[0].id
        await turn()
      }
    },
    lost: () => lost,
  }
}

/** One call; undefined when the connection broke before the whole answer was there. */
async function send({ url, key, method, path, headers, body }: Sent): Promise<Answer | undefined> {
  const authorization = `Basic ${btoa(`${key}:`)}`
  const call = request(url + path, { method, headers: { authorization, ...headers } })
  call.end(body)
  try {
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) }
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error
    return undefined
  }
}
