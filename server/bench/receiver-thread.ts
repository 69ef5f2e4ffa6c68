import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import type { Arrival, ReceiverOptions, TakeRequest } from './receiver.ts'

// On a thread of its own, so that what it measures is not held up by the load generator.
const { answerAfterMs = 0, isBrief = false } = workerData as ReceiverOptions
// `{"id":"hook-0123456789abcdef"`
const ID_BYTES = 28
let arrivals: Arrival[] = []
let awaited = Infinity
let timer: NodeJS.Timeout | undefined

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const at = process.hrtime.bigint()
    const { url: path = '/', headers } = request
    const [first] = chunks
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks)
    arrivals.push(
      isBrief
        ? { at, path, headers: {}, body: body.toString('utf8', 0, ID_BYTES) }
        : { at, path, headers: headers as Record<string, string>, body: body.toString() },
    )
    if (answerAfterMs === 0) response.writeHead(204).end()
    else setTimeout(() => response.writeHead(204).end(), answerAfterMs)
    if (arrivals.length === awaited) deliver()
  })
})

/** Hands over what came so far, and begins anew. */
function deliver(): void {
  clearTimeout(timer)
  parentPort?.postMessage(arrivals)
  arrivals = []
  awaited = Infinity
}

parentPort?.on('message', ({ count, withinMs }: TakeRequest) => {
  awaited = count
  if (arrivals.length >= count) deliver()
  else if (withinMs !== undefined) timer = setTimeout(deliver, withinMs)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  parentPort?.postMessage(`http://127.0.0.1:${port}`)
})
