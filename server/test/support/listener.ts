import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { networkInterfaces } from 'node:os'

/** What nobody may connect to. */
export interface Listener {
  port: number
  /** How many connections were made to it. */
  connections(): number
  close(): Promise<void>
}

/** Listens on one port of every loopback address that the machine has: 127.0.0.1, mostly ::1 too. */
export async function startListener(): Promise<Listener> {
  const hosts = Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .filter(({ internal, address }) => internal && !address.startsWith('fe80'))
    .map(({ address }) => address)
  let connections = 0
  let port = 0
  const servers: Server[] = []
  for (const host of hosts) {
    const server = createServer((socket) => {
      connections++
      socket.destroy()
    })
    server.listen(port, host)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
    servers.push(server)
  }
  return {
    port,
    connections: () => connections,
    async close() {
      for (const server of servers) await new Promise((resolve) => server.close(resolve))
    },
  }
}
