import type { Endpoint } from '@newcomer/client/browser'

/** Something that an id can mean in an organization, and where that is shown. */
export interface Place {
  /** "Transaction". */
  what: string
  description: string
  /** A path below /dashboard, with its query. */
  href: string
  /** The path of the call that says whether the organization has it; undefined where none does. */
  call: string | undefined
}

interface Kind {
  prefix: string
  what: string
  call: (id: string) => string
  /** Below the organization's; undefined where there is no page of its own yet. */
  page?: (id: string) => string
}

const KINDS: Kind[] = [
  {
    prefix: 'import-',
    what: 'Import',
    call: (id) => `/v1/imports/${id}`,
    page: (id) => `/imports/${id}`,
  },
  {
    prefix: 'endpoint-',
    what: 'Webhook',
    call: (id) => `/v1/webhooks/${id}`,
    page: (id) => `/webhooks/${id}`,
  },
  {
    prefix: 'req-',
    what: 'Request',
    call: (id) => `/v1/audit-log?request_id=${id}&page_size=1`,
    page: (id) => `/audit-log?request_id=${id}`,
  },
  {
    prefix: 'tx-',
    what: 'Transaction',
    call: (id) => `/v1/affiliation/transactions/${id}`,
    page: (id) => `/transactions/${id}`,
  },
  {
    prefix: 'btnorder-',
    what: 'Order',
    call: (id) => `/v1/order/${id}`,
    page: (id) => `/orders/${id}`,
  },
  {
    prefix: 'ratecard-',
    what: 'Rate card',
    call: (id) => `/v1/rate-cards/${id}`,
    page: (id) => `/rates?card=${id}`,
  },
  { prefix: 'org-', what: 'Merchant', call: (id) => `/v1/brands/${id}` },
]

/** Whatever has no such prefix: its owner has made it up. */
const CUSTOMER: Kind = {
  prefix: '',
  what: 'Customer',
  call: (id) => `/v1/customers/${id}`,
  page: (id) => `/customers/${id}`,
}

/** What an id means to an organization, the likeliest first. Its webhooks are where events went to. */
export function listPlacesOfId(id: string, org: string, webhooks: readonly Endpoint[]): Place[] {
  // A URL resolves these away, even encoded.
  if (['', '.', '..'].includes(id)) return []
  if (id.startsWith('hook-')) return webhooks.map((webhook) => deliveryPlace(id, org, webhook))
  if (/^(key|person)-/.test(id)) return actorPlaces(id, org)
  if (id.startsWith('attempt-')) return [attemptPlace(id, org)]
  const kind = KINDS.find(({ prefix }) => id.startsWith(prefix)) ?? CUSTOMER
  const shown = ownPlace(kind, id, org)
  if (kind !== CUSTOMER && kind.prefix !== 'tx-') return [shown]
  const about = webhooks.map((webhook) => aboutPlace(kind, id, org, webhook))
  return [shown, ...about]
}

function ownPlace({ what, call, page }: Kind, id: string, org: string): Place {
  const encoded = encodeURIComponent(id)
  const below = page?.(encoded) ?? `/found/${encoded}`
  const description = page ? what : `${what}: what the API says of it`
  return { what, description, href: `/o/${org}${below}`, call: call(encoded) }
}

function deliveryPlace(id: string, org: string, webhook: Endpoint): Place {
  const event = encodeURIComponent(id)
  return {
    what: 'Event',
    description: `Its delivery to ${nameOf(webhook)}`,
    href: `/o/${org}/webhooks/${webhook.id}/deliveries/${event}`,
    call: `/v1/webhooks/${webhook.id}/deliveries/${event}`,
  }
}

function aboutPlace({ what }: Kind, id: string, org: string, webhook: Endpoint): Place {
  const filter = what.toLowerCase()
  // A quoted id stays text where it looks like a number.
  const value = encodeURIComponent(JSON.stringify(id))
  return {
    what,
    description: `Deliveries to ${nameOf(webhook)} about this ${filter}`,
    href: `/o/${org}/webhooks/${webhook.id}?tab=deliveries&${filter}=${value}`,
    call: undefined,
  }
}

function actorPlaces(id: string, org: string): Place[] {
  const what = id.startsWith('key-') ? 'API key' : 'Person'
  const place = (filter: string, description: string): Place => ({
    ...{ what, description },
    href: `/o/${org}/audit-log?${filter}=${encodeURIComponent(id)}`,
    call: `/v1/audit-log?${filter}=${encodeURIComponent(id)}&page_size=1`,
  })
  return [
    place('actor', 'What it did: audit log'),
    place('object', 'What was done to it: audit log'),
  ]
}

/** The API finds none by its id; its page looks through what was sent last. */
function attemptPlace(id: string, org: string): Place {
  return {
    what: 'Attempt',
    description: 'Attempt: look for it in what was sent last',
    href: `/o/${org}/found/${encodeURIComponent(id)}`,
    call: undefined,
  }
}

const nameOf = ({ description, url }: Endpoint): string => description ?? url
