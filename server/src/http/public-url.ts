import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** Where the program is reached from outside; undefined where it is not configured. */
    publicUrl: string | undefined
  }
}

// Only what is asked for, whatever the schemas of the request's route are.
type AnyRequest = Pick<FastifyRequest, 'protocol' | 'host' | 'socket' | 'server'>

// What a Host header may hold; anything else would only garble the URL.
const HOST = /^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i

/** What the URLs in answers begin with, without a slash at the end: as configured, else as called. */
export function publicUrl({ server, protocol, host, socket }: AnyRequest): string {
  if (server.publicUrl !== undefined) return server.publicUrl
  const authority = HOST.test(host) ? host : `${socket.localAddress}:${socket.localPort}`
  return `${protocol}://${authority}`
}
