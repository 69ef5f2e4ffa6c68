import { lookup, Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'

/** DNS resolution: the addresses of a name, at least one, unchecked. Throws when there are none. */
export type ResolveName = (name: string) => Promise<LookupAddress[]>

// Names have a few dozen at most. Each address is checked and may be tried: with more of them, the owner of a
// webhook could make work for all others.
const MAX_ADDRESSES = 256

// Two name servers that don't answer are tried twice each within the deadline of an attempt.
const RESOLVER_OPTIONS = { timeout: 2_000, maxTimeout: 2_000, tries: 2 }

/**
 * Asks name servers only: no hosts file, no search domains. `dns.lookup` would hold one of libuv's four
 * threads until it is answered, so that a name whose servers are dead would hold up the deliveries of
 * everybody else; and the owner of a webhook chooses the name.
 */
export function createNameResolver(resolver = new Resolver(RESOLVER_OPTIONS)): ResolveName {
  return coalesce(async (name) => {
    const [ipv4, ipv6] = await Promise.allSettled([
      resolver.resolve4(name),
      resolver.resolve6(name),
    ])
    if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw notFound(ipv4.reason)
    return [
      ...(ipv4.status === 'fulfilled' ? ipv4.value : []).map((address) => ({ address, family: 4 })),
      ...(ipv6.status === 'fulfilled' ? ipv6.value : []).map((address) => ({ address, family: 6 })),
    ]
  })
}

/** Resolves as every program on this machine does, `localhost` and the hosts file included. */
export function createLocalNameResolver(): ResolveName {
  return coalesce((name) => lookup(name, { all: true }))
}

/** Request coalescing: many connections to one endpoint begin at once, and ask for its name once. */
function coalesce(ask: ResolveName): ResolveName {
  const asked = new Map<string, Promise<LookupAddress[]>>()
  return (name) => {
    const answer = asked.get(name) ?? askFor(name, ask).finally(() => asked.delete(name))
    asked.set(name, answer)
    return answer
  }
}

/** Even a successful answer can hold no address: an alias that leads nowhere, say. */
async function askFor(name: string, ask: ResolveName): Promise<LookupAddress[]> {
  const addresses = await ask(name)
  if (addresses.length === 0 || addresses.length > MAX_ADDRESSES) throw notFound()
  return addresses
}

/** One code for all failures: a name server's ECONNREFUSED would pass for the receiver's. */
function notFound(cause?: unknown): Error {
  const error = new Error('no usable address was found', { cause })
  return Object.assign(error, { code: 'ENOTFOUND' })
}
