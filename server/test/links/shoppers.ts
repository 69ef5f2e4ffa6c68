import { btnRefKey } from '../../src/orders/order.ts'
import { attributeOrders } from '../../src/links/attribute.ts'
import type { Attribution } from '../../src/orders/attribution.ts'
import { must } from '../support/network.ts'
import type { Member, Network } from '../support/network.ts'

export const PHONE = 'Mozilla/5.0 (Linux; Android 15) Mobile'
export const DESKTOP = 'Mozilla/5.0 (X11; Linux x86_64)'

/** What a shopper's browser gets to see of a link. */
export interface Followed {
  status: number
  location: string | null
  /** The token in the location. */
  token: string | null
  headers: Headers
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

export async function follow(
  link: string,
  { method = 'GET', agent = PHONE }: { method?: 'GET' | 'HEAD'; agent?: string } = {},
): Promise<Followed> {
  const answer = await fetch(link, {
    method,
    redirect: 'manual',
    headers: { 'user-agent': agent },
  })
  const text = await answer.text()
  const location = answer.headers.get('location')
  return {
    status: answer.status,
    location,
    token: location === null ? null : new URL(location).searchParams.get('btn_ref'),
    headers: answer.headers,
    body: text === '' ? null : JSON.parse(text),
  }
}

export async function register(merchant: Member, host: string): Promise<void> {
  await must(merchant.call('POST', '/v1/link-hosts', { host }))
}

/** The URL of a new link. */
export async function linkTo(
  publisher: Pick<Member, 'call'>,
  url: string,
  more: { experience?: Record<string, string>; quote?: string } = {},
): Promise<string> {
  const { links } = await must(publisher.call('POST', '/v1/links', { url, ...more }))
  return links.universal
}

/** Where the operator says how the two stand with each other. */
export function partnershipPath(publisher: Member, merchant: Member): string {
  return `/operator/v1/partnerships/${publisher.organization.id}/${merchant.organization.id}`
}

/** Where the merchant's orders with these tokens would come from, by the token; now unless given. */
export async function attribute(
  network: Network,
  merchant: Member,
  tokens: (string | null)[],
  purchasedAt?: Date,
): Promise<Map<string, Attribution>> {
  const { clock, directory, vault } = network.server.parts
  const organization = directory.current().byId(merchant.organization.id)!
  const orders = tokens.map((token) => ({
    order: token!,
    merchant: organization.number,
    btnRef: btnRefKey(vault, organization, token!),
    purchasedAt: purchasedAt ?? clock.now(),
  }))
  return attributeOrders({ directory, vault }, network.db, orders)
}
