import { Pool } from 'undici'

/** Calls the server as many machines would. Throws unless the answer is the one that is hoped for. */
export interface Caller {
  /** Opens all connections, while the server has nothing else to do. */
  connect(): Promise<void>
  post(key: string, path: string, body: unknown): Promise<unknown>
  get(key: string, path: string): Promise<unknown>
  text(path: string): Promise<string>
  /** Where a link leads. What is there is left alone. */
  follow(path: string): Promise<string>
  close(): Promise<void>
}

interface Question {
  method: 'GET' | 'POST'
  path: string
  key?: string
  body?: unknown
}

/** How many calls are in flight at once: the most that the server writes together. */
export const IN_FLIGHT = 256

export function createCaller(url: string): Caller {
  const pool = new Pool(url, { connections: IN_FLIGHT, pipelining: 1 })

  async function ask({ method, path, key, body }: Question): Promise<string> {
    const headers = {
      ...(key !== undefined && { authorization: `Basic ${btoa(`${key}:`)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const sent = body === undefined ? null : JSON.stringify(body)
    const answer = await pool.request({ method, path, headers, body: sent })
    const text = await answer.body.text()
    if (answer.statusCode === 200) return text
    throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`)
  }

  const objectOf = async (question: Question): Promise<unknown> =>
    (JSON.parse(await ask(question)) as { object: unknown }).object

  async function follow(path: string): Promise<string> {
    const answer = await pool.request({ method: 'GET', path })
    const text = await answer.body.text()
    const { location } = answer.headers
    if (answer.statusCode === 302 && typeof location === 'string') return location
    throw new Error(`a link was answered ${answer.statusCode}: ${text}`)
  }

  return {
    // A busy server with the embedded database accepts few connections a second.
    async connect() {
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, () => ask({ method: 'GET', path: '/healthz' })),
      )
    },
    post: (key, path, body) => objectOf({ method: 'POST', path, key, body }),
    get: (key, path) => objectOf({ method: 'GET', path, key }),
    text: (path) => ask({ method: 'GET', path }),
    follow,
    close: () => pool.destroy(),
  }
}

/** Works on all, in their order, as many at once as calls may be in flight. */
export async function inFlight<T>(all: T[], work: (each: T) => Promise<void>): Promise<void> {
  let next = 0
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, all.length) }, async () => {
    for (let index = next++; index < all.length; index = next++) await work(all[index] as T)
  })
  await Promise.all(lanes)
}
