import http from 'node:http'
import type { AgentOptions, ClientRequest, RequestOptions } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'
import { createConnect } from './connect.ts'
import type { ConnectParts } from './connect.ts'

/** Connection pools over the SSRF guard: every connection of theirs is checked and pinned. */
export interface Agents {
  request(origin: URL, options: RequestOptions): ClientRequest
  /** Destroys all connections; those that are being made as well. */
  destroy(): void
}

// Shorter than servers commonly keep an idle connection (5 seconds), so that a request seldom meets its end.
const IDLE_MS = 4_000

const POOL: AgentOptions = {
  keepAlive: true,
  timeout: IDLE_MS,
  // The dispatcher bounds the requests to an endpoint; a bound on the origin would let one customer's dead
  // endpoint hold up another's on the same host.
  maxSockets: Infinity,
}

type Done = (error: Error | null, socket: Duplex) => void

export function createAgents(parts: Omit<ConnectParts, 'closing'>): Agents {
  const closing = new AbortController()
  const connect = createConnect({ ...parts, closing: closing.signal })

  /** Node's own would resolve the name unchecked. */
  function createConnection(protocol: string) {
    return (options: RequestOptions, done?: Done): undefined => {
      const hostname = String(options.host)
      const target = { protocol, hostname, host: hostname, port: String(options.port) }
      connect(target, (error, socket) => done?.(error, socket as Duplex))
    }
  }

  const plain = Object.assign(new http.Agent(POOL), { createConnection: createConnection('http:') })
  const tls = Object.assign(new https.Agent(POOL), { createConnection: createConnection('https:') })
  return {
    request(origin, options) {
      return origin.protocol === 'https:'
        ? https.request(origin, { ...options, agent: tls })
        : http.request(origin, { ...options, agent: plain })
    },
    destroy() {
      closing.abort()
      plain.destroy()
      tls.destroy()
    },
  }
}
