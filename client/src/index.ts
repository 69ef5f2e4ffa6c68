export type { Account, AccountCalls } from './account.ts'
export type { Page, PageQuery } from './answer.ts'
export type { AuditLogCalls, AuditLogEntry, AuditLogFilters } from './audit-log.ts'
export type { Brand, BrandCalls } from './brand.ts'
export { createClient } from './client.ts'
export type { Client, ClientOptions } from './client.ts'
export type {
  BatchResult,
  Customer,
  CustomerCalls,
  CustomerReport,
  Identifiers,
  Segment,
} from './customer.ts'
export type {
  Attempt,
  Delivery,
  DeliveryQuery,
  DeliveryState,
  Endpoint,
  EndpointCalls,
  EndpointFields,
  EndpointPause,
  EndpointRates,
  EndpointSeries,
  EndpointStats,
  EndpointWithSecret,
  ReceiverCheck,
  ReceiverFinding,
  SeriesBucket,
} from './endpoint.ts'
export type {
  BatchEvent,
  EndpointPaused,
  EndpointPausedEvent,
  EventType,
  PingEvent,
  SegmentChange,
  SegmentChangeCause,
  SegmentChangeEvent,
  SingleEvent,
  SubscribableType,
  TransactionEvent,
  WebhookEvent,
} from './event.ts'
export type { EventCalls, EventPage, EventQuery, FollowOptions } from './event-calls.ts'
export { hashEmail } from './hash-email.ts'
export { FileRefused, countEmails, hashEmailColumn } from './customer-file/hash-emails.ts'
export type {
  Chunks,
  ColumnUse,
  EmailCounts,
  HashEmailOptions,
  UnknownColumn,
} from './customer-file/hash-emails.ts'
export type { ImportFinding, ImportPreview, ImportReport } from './import-report.ts'
export type { ImportCalls } from './import.ts'
export type { ImportFields, ImportStateCalls, StartOptions } from './import-state-calls.ts'
export type { ImportState, ImportSummary } from './import-answer.ts'
export type { Import } from './import-answer.ts'
export type { ApiKey, KeyCalls, KeyFields, KeyRotation, NewApiKey } from './key.ts'
export type { LinkHost, LinkHostCalls } from './link-host.ts'
export type { Link, LinkCalls, LinkFields, LinkMerchant } from './link.ts'
export type {
  Invitation,
  InvitationCalls,
  InvitationFields,
  Member,
  MemberCalls,
  MemberChange,
  NewInvitation,
  Permission,
  PermissionPreset,
} from './member.ts'
export type {
  Merchant,
  MerchantCalls,
  MerchantQuery,
  MerchantRate,
  PartnershipStatus,
} from './merchant.ts'
export { NewcomerError } from './newcomer-error.ts'
export type { NewcomerErrorParts } from './newcomer-error.ts'
export type { Offer, OfferCalls, OfferQuery, Offers } from './offer.ts'
export type {
  LineItem,
  Order,
  OrderCalls,
  OrderCustomer,
  OrderFields,
  OrderReport,
  RecordedLineItem,
} from './order.ts'
export type {
  Organization,
  OrganizationCalls,
  OrganizationFields,
  OrganizationProfile,
} from './organization.ts'
export type {
  ListedRateCard,
  RateCard,
  RateCardCalls,
  RateCardChange,
  RateCardFields,
  RateCardVersion,
} from './rate-card.ts'
export type { Rate, RateFields, RateSegment } from './rate.ts'
export type { Lost } from './backoff.ts'
export type { Replay, ReplayCalls, ReplayFields } from './replay.ts'
export { signButton, signStandard } from './sign-webhook.ts'
export type { StandardParts } from './sign-webhook.ts'
export type {
  SimulatedCurrency,
  Simulation,
  SimulationFields,
  SimulationSums,
} from './simulation.ts'
export type {
  LedgerEntry,
  Transaction,
  TransactionCalls,
  TransactionLineItem,
  TransactionQuery,
  TransactionVerdict,
} from './transaction.ts'
export type { ImportFile } from './upload-window.ts'
export type { UploadOptions } from './upload.ts'
export type {
  Commission,
  Verdict,
  Evidence,
  EvidenceWithdrawal,
  PublisherVerdictConflict,
  VerdictConflict,
  VerdictConflictCalls,
  VerdictConflictCount,
  VerdictConflictPeriod,
} from './verdict.ts'
export type { EvidencePolicy, VerdictPolicy } from './verdict-terms.ts'
export type { QuoteOutcome } from './verdict-terms.ts'
export type { DecidedBy } from './verdict-terms.ts'
export { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts'
export type { VerificationReason, VerifyOptions, WebhookHeaders } from './verify-webhook.ts'
export type { WatchOptions } from './watch-import.ts'
