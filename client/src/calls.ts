import { createAccountCalls } from './account.ts'
import type { AccountCalls } from './account.ts'
import { createAuditLogCalls } from './audit-log.ts'
import type { AuditLogCalls } from './audit-log.ts'
import { createBrandCalls } from './brand.ts'
import type { BrandCalls } from './brand.ts'
import { createCustomerCalls } from './customer-calls.ts'
import type { CustomerCalls } from './customer-calls.ts'
import { createEndpointCalls } from './endpoint.ts'
import type { EndpointCalls } from './endpoint.ts'
import { createEventCalls } from './event-calls.ts'
import type { EventCalls } from './event-calls.ts'
import { createKeyCalls } from './key.ts'
import type { KeyCalls } from './key.ts'
import { createLinkCalls } from './link.ts'
import type { LinkCalls } from './link.ts'
import { createLinkHostCalls } from './link-host.ts'
import type { LinkHostCalls } from './link-host.ts'
import { createInvitationCalls, createMemberCalls } from './member.ts'
import type { InvitationCalls, MemberCalls } from './member.ts'
import { createMerchantCalls, createPublisherCalls } from './merchant.ts'
import type { MerchantCalls, PublisherCalls } from './merchant.ts'
import { createOfferCalls } from './offer.ts'
import type { OfferCalls } from './offer.ts'
import { createOrderCalls } from './order.ts'
import type { OrderCalls } from './order.ts'
import { createOrganizationCalls } from './organization.ts'
import type { OrganizationCalls } from './organization.ts'
import { createRateCardCalls } from './rate-card.ts'
import type { RateCardCalls } from './rate-card.ts'
import { createReportCalls } from './report.ts'
import type { ReportCalls } from './report.ts'
import type { Send, SendParts } from './send.ts'
import { createTransactionCalls } from './transaction.ts'
import type { TransactionCalls } from './transaction.ts'
import { createVerdictConflictCalls } from './verdict.ts'
import type { VerdictConflictCalls } from './verdict.ts'

/** What publishers and merchants call, but imports; what is for one of them only answers 401 to the other. */
export interface Calls {
  customers: CustomerCalls
  webhooks: EndpointCalls
  events: EventCalls
  organization: OrganizationCalls
  keys: KeyCalls
  auditLog: AuditLogCalls
  members: MemberCalls
  invitations: InvitationCalls
  accounts: AccountCalls
  reports: ReportCalls
  transactions: TransactionCalls
  /** For publishers. */
  merchants: MerchantCalls
  brands: BrandCalls
  offers: OfferCalls
  links: LinkCalls
  /** For merchants. */
  publishers: PublisherCalls
  orders: OrderCalls
  verdictConflicts: VerdictConflictCalls
  rateCards: RateCardCalls
  linkHosts: LinkHostCalls
}

/** All of them, by `send`; what goes on for long has more of the parts to do with. */
export function createCalls(send: Send, parts: SendParts): Calls {
  return {
    customers: createCustomerCalls(send),
    webhooks: createEndpointCalls(send),
    events: createEventCalls(parts),
    organization: createOrganizationCalls(send),
    keys: createKeyCalls(send),
    auditLog: createAuditLogCalls(parts),
    members: createMemberCalls(send),
    invitations: createInvitationCalls(send),
    merchants: createMerchantCalls(send),
    publishers: createPublisherCalls(send),
    brands: createBrandCalls(send),
    offers: createOfferCalls(send),
    links: createLinkCalls(send),
    accounts: createAccountCalls(send),
    reports: createReportCalls(send),
    transactions: createTransactionCalls(send),
    orders: createOrderCalls(send),
    verdictConflicts: createVerdictConflictCalls(send),
    rateCards: createRateCardCalls(send),
    linkHosts: createLinkHostCalls(send),
  }
}
