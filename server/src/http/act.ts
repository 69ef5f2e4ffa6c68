import type { FastifyRequest } from 'fastify'
import type { Act } from '../journal/entry.ts'
import { actorOf } from './caller.ts'
import { networkOf } from './guess-throttle.ts'

type AnyRequest = Pick<FastifyRequest, 'caller' | 'session' | 'isOperator' | 'id' | 'ip'>

/** What a journal says of the call: who, from where, in which request. */
export function actOf(request: AnyRequest): Act {
  return { actor: actorOf(request), ...originOf(request) }
}

/** The same where it is not known yet who calls. */
export function originOf({ ip, id }: Pick<FastifyRequest, 'id' | 'ip'>): Omit<Act, 'actor'> {
  return { address: truncateAddress(ip), request: id }
}

/**
 * The network of an address, which tells a visit from elsewhere and no longer a household: 24 bits of IPv4,
 * 48 of IPv6. Null for what is no address.
 */
export function truncateAddress(address: string): string | null {
  const network = networkOf(address)
  if (network === 'unknown') return null
  if (network.includes('.')) return `${network.split('.').slice(0, 3).join('.')}.0/24`
  return `${network.split(':').slice(0, 3).join(':')}::/48`
}
