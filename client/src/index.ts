export type { Account, AccountCalls } from './account.ts'
export type { Page, PageQuery } from './answer.ts'
export type { AuditLogCalls, AuditLogEntry, AuditLogFilters } from './audit-log.ts'
export type { Brand, BrandCalls } from './brand.ts'
export { createClient } from './client.ts'
export type { Client, ClientOptions } from './client.ts'
export type {
  BatchResult,
  Customer,
  CustomerEvent,
  CustomerReport,
  CustomerSearch,
  CustomerStanding,
  Identifiers,
  Segment,
  SegmentChangeCause,
} from './customer.ts'
export type { CustomerCalls } from './customer-calls.ts'
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
  SegmentChangeEvent,
  SingleEvent,
  SubscribableType,
  TransactionEvent,
  WebhookEvent,
} from './event.ts'
export type { EventCalls, EventPage, EventQuery, FollowOptions } from './event-calls.ts'
export type { HashCheck } from './hash-check.ts'
export { hashEmail, hashEmailForms } from './hash-email.ts'
export type {
  CustomerExport,
  CustomerSource,
  ExportedAttempt,
  ExportedOrder,
} from './customer-export.ts'
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
  OwnPartnership,
  PartnershipStatus,
  Publisher,
  PublisherCalls,
  PublisherQuery,
} from './merchant.ts'
export { NewcomerError } from './newcomer-error.ts'
export type { NewcomerErrorParts } from './newcomer-error.ts'
export type { Offer, OfferCalls, OfferQuery, Offers } from './offer.ts'
export type {
  LineItem,
  ListedOrder,
  Order,
  OrderCalls,
  OrderCustomer,
  OrderFields,
  OrderListQuery,
  OrderReport,
  RecordedLineItem,
} from './order.ts'
export type {
  Organization,
  OrganizationCalls,
  OrganizationFields,
  OrganizationProfile,
  Look,
  Readiness,
} from './organization.ts'
export type {
  ListedRateCard,
  RateCard,
  RateCardCalls,
  RateCardChange,
  RateCardFields,
  RateCardVersion,
} from './rate-card.ts'
export type {
  Rate,
  RateChoice,
  RateChoiceFields,
  RateChoiceReason,
  RateFields,
  RateSegment,
} from './rate.ts'
export type { Lost } from './backoff.ts'
export type { Replay, ReplayCalls, ReplayFields } from './replay.ts'
export type {
  CommissionCount,
  CommissionReport,
  CommissionReportQuery,
  DayRangeQuery,
  MatchedCustomers,
  MatchedFile,
  MatchHint,
  MatchReport,
  MoveCount,
  MoveReport,
  MoveReportQuery,
  PaidSegment,
  ReportCalls,
  SegmentReport,
  SegmentReportDay,
  SegmentReportQuery,
} from './report.ts'
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
  TransactionFilters,
  TransactionLineItem,
  TransactionQuery,
  TransactionSum,
  TransactionSums,
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
