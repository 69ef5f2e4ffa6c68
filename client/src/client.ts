import { createAccountCalls } from './account.ts'
import type { AccountCalls } from './account.ts'
import { createAuditLogCalls } from './audit-log.ts'
import type { AuditLogCalls } from './audit-log.ts'
import { createBrandCalls } from './brand.ts'
import type { BrandCalls } from './brand.ts'
import { createCustomerCalls } from './customer.ts'
import type { CustomerCalls } from './customer.ts'
import { createEndpointCalls } from './endpoint.ts'
import type { EndpointCalls } from './endpoint.ts'
import { createEventCalls } from './event-calls.ts'
import type { EventCalls } from './event-calls.ts'
import { createImportCalls } from './import.ts'
import type { ImportCalls } from './import.ts'
import { createKeyCalls } from './key.ts'
import type { KeyCalls } from './key.ts'
import { createLinkHostCalls } from './link-host.ts'
import type { LinkHostCalls } from './link-host.ts'
import { createLinkCalls } from './link.ts'
import type { LinkCalls } from './link.ts'
import { createInvitationCalls, createMemberCalls } from './member.ts'
import type { InvitationCalls, MemberCalls } from './member.ts'
import { createMerchantCalls } from './merchant.ts'
import type { MerchantCalls } from './merchant.ts'
import { createOfferCalls } from './offer.ts'
import type { OfferCalls } from './offer.ts'
import { createOrderCalls } from './order.ts'
import type { OrderCalls } from './order.ts'
import { createOrganizationCalls } from './organization.ts'
import type { OrganizationCalls } from './organization.ts'
import { createRateCardCalls } from './rate-card.ts'
import type { RateCardCalls } from './rate-card.ts'
import { createSend } from './send.ts'
import type { SendParts } from './send.ts'
import { createTransactionCalls } from './transaction.ts'
import type { TransactionCalls } from './transaction.ts'
import { createVerdictConflictCalls } from './verdict.ts'
import type { VerdictConflictCalls } from './verdict.ts'

export interface ClientOptions {
  /** `sk-…`, a secret of your organization: keep it on your servers. */
  apiKey: string
  /** Where Newcomer runs, such as `https://newcomer.example`, without `/v1`. */
  baseUrl: string
  /** The longest time one attempt may take, its body included; 30,000 ms unless given. */
  timeoutMs?: number | undefined
  /** How often a call is repeated after no answer, 429 or 503; 0 to 10, 2 unless given. */
  retries?: number | undefined
  /** Used in place of the global `fetch`, for proxies and the like. */
  fetch?: typeof globalThis.fetch | undefined
  /** Used in place of a timer to wait between attempts, so that tests need not wait. */
  sleep?: ((ms: number) => Promise<void>) | undefined
}

/** What publishers and merchants call; what is for one of them only answers 401 to the other. */
export interface Client {
  customers: CustomerCalls
  imports: ImportCalls
  webhooks: EndpointCalls
  events: EventCalls
  organization: OrganizationCalls
  keys: KeyCalls
  auditLog: AuditLogCalls
  members: MemberCalls
  invitations: InvitationCalls
  accounts: AccountCalls
  transactions: TransactionCalls
  /** For publishers. */
  merchants: MerchantCalls
  brands: BrandCalls
  offers: OfferCalls
  links: LinkCalls
  /** For merchants. */
  orders: OrderCalls
  verdictConflicts: VerdictConflictCalls
  rateCards: RateCardCalls
  linkHosts: LinkHostCalls
}

/**
 * A client of one organization at one server. It keeps no connection of its own and need not be
 * closed. Throws TypeError when an option is wrong; its calls throw NewcomerError.
 */
export function createClient(options: ClientOptions): Client {
  const parts: SendParts = {
    apiKey: checkedApiKey(options.apiKey),
    baseUrl: checkedBaseUrl(options.baseUrl),
    // More than a timer can hold would fire at once.
    timeoutMs: checkedInteger('timeoutMs', options.timeoutMs ?? 30_000, 1, 2 ** 31 - 1),
    retries: checkedInteger('retries', options.retries ?? 2, 0, 10),
    fetch: options.fetch ?? globalThis.fetch,
    sleep: options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms))),
  }
  const send = createSend(parts)
  return {
    customers: createCustomerCalls(send),
    imports: createImportCalls(parts),
    webhooks: createEndpointCalls(send),
    events: createEventCalls(parts),
    organization: createOrganizationCalls(send),
    keys: createKeyCalls(send),
    auditLog: createAuditLogCalls(parts),
    members: createMemberCalls(send),
    invitations: createInvitationCalls(send),
    merchants: createMerchantCalls(send),
    brands: createBrandCalls(send),
    offers: createOfferCalls(send),
    links: createLinkCalls(send),
    accounts: createAccountCalls(send),
    transactions: createTransactionCalls(send),
    orders: createOrderCalls(send),
    verdictConflicts: createVerdictConflictCalls(send),
    rateCards: createRateCardCalls(send),
    linkHosts: createLinkHostCalls(send),
  }
}

/** Basic credentials cannot carry a colon in the user name; a newline comes from reading a file. */
function checkedApiKey(apiKey: string): string {
  if (typeof apiKey === 'string' && /^[!-9;-~]+$/.test(apiKey)) return apiKey
  throw new TypeError('apiKey must be visible ASCII without spaces, line ends and colons')
}

function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new TypeError('baseUrl must be a URL that begins with https:// or http://')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no credentials, query or fragment')
  }
  const prefix = url.pathname.replace(/\/+$/, '')
  if (prefix.endsWith('/v1')) throw new TypeError('baseUrl must not contain /v1, which is added')
  return url.origin + prefix
}

function checkedInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new TypeError(`${name} must be a whole number from ${least} to ${most}`)
}
