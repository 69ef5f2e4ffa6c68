import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createDelivery } from './queue-delivery.ts'
import { QUEUES } from './queues.ts'
import type { QueueName } from './queues.ts'

/*
 * A dispatcher made of a job queue, in a process of its own as the server is. Calls of `/drain`
 * and `/rest` begin and end its work.
 */

const { DATABASE_URL: url = '', QUEUE: name = '', TARGET: target = '' } = process.env
const queue = QUEUES[name as QueueName]
const deliver = await createDelivery(url, target)
let rest = new AbortController()
let draining = Promise.resolve()

async function turn(path: string | undefined): Promise<void> {
  if (path === '/drain') {
    rest = new AbortController()
    draining = queue.drain(url, deliver, rest.signal).catch((error: unknown) => {
      process.stderr.write(`${name} stopped: ${String(error)}\n`)
      process.exit(1)
    })
  } else {
    rest.abort()
    await draining
  }
}

const server = createServer((request, response) => {
  void turn(request.url).then(() => response.writeHead(204).end())
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${name} serves http://127.0.0.1:${port}\n`)
})
// What it has in hand is of no use to anybody.
process.once('SIGTERM', () => process.exit(0))
