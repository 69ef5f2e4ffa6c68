import { Pool } from 'undici'

/** Calls the server as many machines would. Throws unless the answer is a 200. */
export interface Caller {
  post(key: string, path: string, body: unknown): Promise<unknown>
  get(key: string, path: string): Promise<unknown>
  text(path: string): Promise<string>
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

  return {
    post: (key, path, body) => objectOf({ method: 'POST', path, key, body }),
    get: (key, path) => objectOf({ method: 'GET', path, key }),
    text: (path) => ask({ method: 'GET', path }),
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
