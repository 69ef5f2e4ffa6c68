import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/**
 * What a wire does: passes all on, at once or late; swallows all without a word, as a firewall does that
 * forgot its connections; or breaks, also for whoever connects anew.
 */
export type WireState = 'open' | 'slow' | 'silent' | 'cut'

export interface WireProxy {
  /** The server's URL, by way of the proxy. */
  url: string
  /** From now on, for the connections that there are and for those to come. */
  set(state: WireState): void
  close(): Promise<void>
}

/** Stands between the program and a server. `slowMs` is how late a slow wire delivers, each way. */
export async function startWireProxy(serverUrl: string, slowMs = 200): Promise<WireProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let state: WireState = 'open'

  const server = createServer((client) => {
    if (state === 'cut') {
      client.destroy()
      return
    }
    const upstream = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('error', () => undefined)
      from.on('data', (bytes: Buffer) => {
        if (state === 'open') to.write(bytes)
        else if (state === 'slow') setTimeout(() => to.destroyed || to.write(bytes), slowMs)
      })
      from.on('close', () => {
        sockets.delete(from)
        // Half open: the other side does not hear of it.
        if (state !== 'silent') to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    set(next) {
      state = next
      if (next === 'cut') breakAll()
    },
    async close() {
      breakAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
