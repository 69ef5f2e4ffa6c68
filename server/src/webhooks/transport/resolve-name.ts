import { lookup, Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'

/** The addresses of a name, at least one, unchecked; throws when there are none. */
export type LookUp = (name: string) => Promise<LookupAddress[]>

// Names have a few dozen at the most. Each is checked and may be tried, so that more would be work that
// whoever makes a webhook gives to others.
const MAX_ADDRESSES = 256

// Two name servers that don't answer are asked twice each within the deadline of an attempt.
const ASKING = { timeout: 2_000, maxTimeout: 2_000, tries: 2 }

/**
 * Asks name servers, and those alone: no hosts file, no search domains. Not by `dns.lookup`, which holds
 * one of libuv's four threads until it is answered: a name whose servers are dead would hold up
 * the deliveries of all others, and whoever makes a webhook chooses the name.
 */
export function createLookUp(resolver = new Resolver(ASKING)): LookUp {
  return shareAnswers(async (name) => {
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

/** As every program on this machine looks names up, `localhost` and the hosts file included. */
export function createLocalLookUp(): LookUp {
  return shareAnswers((name) => lookup(name, { all: true }))
}

/** Many connections are made to one endpoint at once, and ask for its name once. */
function shareAnswers(ask: LookUp): LookUp {
  const asked = new Map<string, Promise<LookupAddress[]>>()
  return (name) => {
    const answer = asked.get(name) ?? askFor(name, ask).finally(() => asked.delete(name))
    asked.set(name, answer)
    return answer
  }
}

/** An answer can be a success and hold no address: an alias that leads nowhere, say. */
async function askFor(name: string, ask: LookUp): Promise<LookupAddress[]> {
  const addresses = await ask(name)
  if (addresses.length === 0 || addresses.length > MAX_ADDRESSES) throw notFound()
  return addresses
}

/** The codes of failed questions (ECONNREFUSED …) are those of failed connections too. */
function notFound(cause?: unknown): Error {
  const error = new Error('no usable address was found', { cause })
  return Object.assign(error, { code: 'ENOTFOUND' })
}
