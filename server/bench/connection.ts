import { Client } from 'undici'

/** A request as the load sends it. */
export interface Call {
  method: 'GET' | 'POST'
  path: string
  headers: Record<string, string>
  body: string | null
  /** What it is answered with when all is well; 200 when absent. */
  status?: number
}

/**
 * One kept-alive connection that takes one request at a time, by the HTTP client that is Node's own:
 * what calls cost their senders is part of every rate here, the echo's too, as it is for those who
 * call the API.
 */
export interface Connection {
  /** Sends a request; answers the body of the answer, which must have the call's status. */
  ask(call: Call): Promise<string>
  close(): void
}

export function openConnection(url: string): Connection {
  const client = new Client(url, { pipelining: 1 })
  return {
    async ask({ status = 200, ...call }) {
      const { statusCode, body } = await client.request(call)
      const text = await body.text()
      if (statusCode !== status) throw new Error(`${call.path} answered ${statusCode}: ${text}`)
      return text
    },
    close: () => void client.destroy(),
  }
}

/** A function that writes requests with this key. */
export function createWriter(key: string): Writer {
  const authorization = `Basic ${btoa(`${key}:`)}`
  const headers = { authorization, 'content-type': 'application/json' }
  return {
    get: (path) => ({ method: 'GET', path, headers: { authorization }, body: null }),
    post: (path, body) => ({ method: 'POST', path, headers, body: JSON.stringify(body) }),
  }
}

export interface Writer {
  get(path: string): Call
  post(path: string, body: unknown): Call
}
