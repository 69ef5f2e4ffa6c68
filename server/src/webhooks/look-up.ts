import { lookup, Resolver } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'

/** The addresses of a name, unchecked; throws when there are none. */
export type LookUp = (name: string) => Promise<LookupAddress[]>

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
    if (ipv4.status === 'rejected' && ipv6.status === 'rejected') {
      // The codes of failed questions (ECONNREFUSED …) are those of failed connections too.
      const notFound = new Error('no address was found', { cause: ipv4.reason })
      throw Object.assign(notFound, { code: 'ENOTFOUND' })
    }
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
    const answer = asked.get(name) ?? ask(name).finally(() => asked.delete(name))
    asked.set(name, answer)
    return answer
  }
}
