import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../kernel/address-rule.ts'

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

/**
 * What links in mails begin with: as configured, else this machine. Never as called: whoever asks for a mail to
 * somebody else could have its link lead elsewhere. `localhost`, since passkeys know no addresses.
 */
export function linkBase({ server, socket }: Pick<AnyRequest, 'server' | 'socket'>): string {
  return server.publicUrl ?? `http://localhost:${socket.localPort}`
}

/** What the URLs in answers begin with, without a slash at the end: as configured, else as called. */
export function publicUrl({ server, protocol, host, socket }: AnyRequest): string {
  if (server.publicUrl !== undefined) return server.publicUrl
  const authority = HOST.test(host) ? host : `${socket.localAddress}:${socket.localPort}`
  return `${protocol}://${authority}`
}

// What is asked for, whatever the schemas of the request's route are.
type SiteRequest = AnyRequest & Pick<FastifyRequest, 'ip'>

/** Where browsers believe this service to be. */
export function siteOf(request: SiteRequest): { origin: string; hostname: string } {
  const { origin, hostname } = new URL(publicUrl(request))
  return { origin, hostname }
}

/** Whether what is sent back stays between the two: by TLS, or on this machine. */
export function isPrivate(request: SiteRequest): boolean {
  return isEncrypted(request) || request.server.isDevelopment || isLoopback(request.ip)
}

export function isEncrypted(request: SiteRequest): boolean {
  return siteOf(request).origin.startsWith('https:') || request.protocol === 'https'
}
