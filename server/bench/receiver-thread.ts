import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import type { Arrival } from './receiver.ts'

// On a thread of its own, so that what it measures is not held up by the load generator.
let arrivals: Arrival[] = []
let awaited = Infinity

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const at = process.hrtime.bigint()
    const { url: path = '/', headers } = request
    const [first] = chunks
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks)
    arrivals.push({ at, path, headers: headers as Record<string, string>, body: body.toString() })
    response.writeHead(204).end()
    if (arrivals.length === awaited) deliver()
  })
})

/** Hands over what came so far, and begins anew. */
function deliver(): void {
  parentPort?.postMessage(arrivals)
  arrivals = []
  awaited = Infinity
}

parentPort?.on('message', (count: number) => {
  awaited = count
  if (arrivals.length >= count) deliver()
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  parentPort?.postMessage(`http://127.0.0.1:${port}`)
})
