import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the program is on its way out: connections are not to be kept. */
    isStopping(): boolean
  }
}

// Only what is used is asked for, whatever the schemas of the route are.
interface AnyReply {
  raw: ServerResponse
  server: Pick<FastifyInstance, 'isStopping'>
  getHeaders(): object
  hijack(): unknown
  send(payload: never): unknown
}

/**
 * Sends an answer that is written out as JSON already, in parts. They go to the socket as they are:
 * copying tens of kilobytes together for each call costs as much as all the rest of it.
 */
export function sendWritten(reply: AnyReply, parts: Buffer[]): void {
  const { raw } = reply
  // The caller is gone: that is for the framework to deal with, as with any other answer.
  if (raw.destroyed) {
    reply.send(Buffer.concat(parts) as never)
    return
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  reply.hijack()
  raw.writeHead(200, {
    ...reply.getHeaders(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': length,
    // What the hooks of other answers see to.
    ...(reply.server.isStopping() && { connection: 'close' }),
  })
  for (const part of parts) raw.write(part)
  raw.end()
}
