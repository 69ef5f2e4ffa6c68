import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { readMessages } from './wire-messages.ts'
import type { Message } from './wire-messages.ts'

/** Where a connection breaks: the COMMIT never arrives, or it is done and its answer never does. */
export type Cut = 'before' | 'after'

/** Stands between the program and PostgreSQL and breaks connections at the worst moments. */
export interface CuttingProxy {
  /** The server's URL, by way of the proxy. */
  url: string
  /** Cuts the next commits of a tx in which such a statement ran, so many times. */
  cutNext(cut: Cut, statement: RegExp, times?: number): void
  /** Asked at each commit from now on, of any tx, by the statements that ran in it. */
  cutBy(decide: Decide): void
  /** How many commits were cut. */
  cuts(): number
  close(): Promise<void>
}

type Decide = (statements: string[]) => Cut | undefined

export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl)
  const sockets = new Set<Socket>()
  let decide: Decide = () => undefined
  let cuts = 0

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // Messages are passed on one by one; held back for each other they would take 40 ms a statement.
      socket.setNoDelay(true)
      // Broken connections are this proxy's trade; each side hears of it by its own end.
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    relay(client, upstream, (statements) => {
      const cut = decide(statements)
      if (cut) cuts++
      return cut
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(serverUrl)
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    cutNext(cut, statement, times = 1) {
      let left = times
      decide = (statements) => {
        const isMeant = left > 0 && statements.some((text) => statement.test(text))
        return isMeant && left-- > 0 ? cut : undefined
      }
    },
    cutBy(next) {
      decide = next
    },
    cuts: () => cuts,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes both directions on, message by message, until a commit is to be cut. */
function relay(client: Socket, upstream: Socket, decide: Decide): void {
  let statements: string[] = []
  let isCutting = false

  function fromClient(message: Message): void {
    if (message.statement === 'begin') statements = []
    else if (message.statement !== undefined) statements.push(message.statement)
    if (message.statement !== 'commit') {
      upstream.write(message.bytes)
      return
    }
    const cut = decide(statements)
    if (cut === 'before') {
      client.destroy()
      return
    }
    isCutting = cut === 'after'
    upstream.write(message.bytes)
  }

  function fromServer(message: Message): void {
    if (!isCutting) client.write(message.bytes)
    // Nothing is left undone at the server: now its client may hear nothing of it.
    else if (message.type === 'Z') client.destroy()
  }

  client.on('data', readMessages({ hasStartup: true }, fromClient))
  upstream.on('data', readMessages({ hasStartup: false }, fromServer))
}
