import type * as client from '../../../client/src/index.ts'
import type { components } from './api-types.d.ts'

/**
 * Each type of the published client that goes over the wire equals the one made from openapi.json. Nothing runs
 * here: where they differ this file does not compile.
 */

type Described = components['schemas']

type Identical<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Without the words to come, which the client leaves room for: `'new' | (string & {})`. */
type Closed<T> = T extends unknown
  ? string extends T
    ? Identical<T, string> extends true
      ? T
      : never
    : T
  : never

type KeysOf<T> = T extends unknown ? keyof T : never
type MemberOf<T, K extends PropertyKey> = T extends unknown
  ? K extends keyof T
    ? T[K]
    : undefined
  : never

/** A union of objects as one object: what only some of them have may be absent. */
type Merged<T> = {
  [K in KeysOf<T> as undefined extends MemberOf<T, K> ? never : K]: Plain<MemberOf<T, K>>
} & {
  [K in KeysOf<T> as undefined extends MemberOf<T, K> ? K : never]?: Plain<
    Exclude<MemberOf<T, K>, undefined>
  >
}

type Flat<T> = { [K in keyof T]: T[K] }

/** A type as JSON has it: no difference between absent and undefined, no open words, no unions of objects. */
type Plain<T> = PlainOfClosed<Closed<T>>

type PlainOfClosed<T> =
  | Exclude<T, object>
  | ([Extract<T, readonly unknown[]>] extends [never]
      ? never
      : Items<Extract<T, readonly unknown[]>>)
  | ([Exclude<Extract<T, object>, readonly unknown[]>] extends [never]
      ? never
      : Flat<Merged<Exclude<Extract<T, object>, readonly unknown[]>>>)

type Items<T> = T extends readonly (infer Item)[] ? Plain<Item>[] : never

/** `true` where each can stand for the other; else what the API has, to be read in the compiler's message. */
type Same<Client, Api> = [Plain<Client>] extends [Plain<Api>]
  ? [Plain<Api>] extends [Plain<Client>]
    ? true
    : { api: Plain<Api>; client: Plain<Client> }
  : { client: Plain<Client>; api: Plain<Api> }

/** What is answered, name for name. */
interface Answers {
  Brand: client.Brand
  Account: client.Account
  Attempt: client.Attempt
  CustomerExport: client.CustomerExport
  HashCheck: client.HashCheck
  AuditLogEntry: client.AuditLogEntry
  BatchEvent: client.BatchEvent
  BatchResult: client.BatchResult
  Commission: client.Commission
  CommissionCount: client.CommissionCount
  CommissionReport: client.CommissionReport
  Customer: client.Customer
  CustomerEvent: client.CustomerEvent
  CustomerStanding: client.CustomerStanding
  Delivery: client.Delivery
  Endpoint: client.Endpoint
  EndpointPause: client.EndpointPause
  EndpointPaused: client.EndpointPaused
  EndpointPausedEvent: client.EndpointPausedEvent
  EndpointSeries: client.EndpointSeries
  EndpointStats: client.EndpointStats
  EndpointWithSecret: client.EndpointWithSecret
  Import: client.Import
  ImportFinding: client.ImportFinding
  ImportPreview: client.ImportPreview
  ImportReport: client.ImportReport
  Invitation: client.Invitation
  Key: client.ApiKey
  LedgerEntry: client.LedgerEntry
  Link: client.Link
  LinkHost: client.LinkHost
  LinkMerchant: client.LinkMerchant
  ListedOrder: client.ListedOrder
  ListedRateCard: client.ListedRateCard
  MatchedCustomers: client.MatchedCustomers
  MatchedFile: client.MatchedFile
  MatchReport: client.MatchReport
  Member: client.Member
  Merchant: client.Merchant
  MerchantRate: client.MerchantRate
  MoveCount: client.MoveCount
  MoveReport: client.MoveReport
  NewInvitation: client.NewInvitation
  NewKey: client.NewApiKey
  Offer: client.Offer
  Offers: client.Offers
  Order: client.Order
  Look: client.Look
  Organization: client.Organization
  PingEvent: client.PingEvent
  Publisher: client.Publisher
  Rate: client.Rate
  RateCard: client.RateCard
  RateCardVersion: client.RateCardVersion
  ReceiverCheck: client.ReceiverCheck
  ReceiverFinding: client.ReceiverFinding
  RecordedLineItem: client.RecordedLineItem
  Replay: client.Replay
  Segment: client.Segment
  SegmentReport: client.SegmentReport
  SegmentReportDay: client.SegmentReportDay
  SegmentChange: client.SegmentChange
  SegmentChangeEvent: client.SegmentChangeEvent
  SeriesBucket: client.SeriesBucket
  SimulatedCurrency: client.SimulatedCurrency
  RateChoice: client.RateChoice
  RateChoiceReason: client.RateChoiceReason
  Simulation: client.Simulation
  SingleEvent: client.SingleEvent
  Transaction: client.Transaction
  TransactionEvent: client.TransactionEvent
  TransactionLineItem: client.TransactionLineItem
  TransactionSum: client.TransactionSum
  TransactionSums: client.TransactionSums
  TransactionVerdict: client.TransactionVerdict
  Verdict: client.Verdict
  VerdictConflict: client.VerdictConflict
  VerdictConflictCount: client.VerdictConflictCount
}

/** What is sent. */
interface Requests {
  CustomerReport: client.CustomerReport
  CustomerSearch: client.CustomerSearch
  EndpointFields: client.EndpointFields
  EndpointChange: Partial<client.EndpointFields>
  InvitationFields: client.InvitationFields
  LineItem: client.LineItem
  LinkFields: client.LinkFields
  MemberChange: client.MemberChange
  OfferQuery: client.OfferQuery
  OrderCustomer: client.OrderCustomer
  OrderReport: client.OrderReport
  RateCardChange: client.RateCardChange
  RateCardFields: client.RateCardFields
  RateFields: client.RateFields
  ReplayFields: client.ReplayFields
  RateChoiceFields: client.RateChoiceFields
  SimulationFields: client.SimulationFields
}

type Compared<T> = {
  [K in keyof T]: K extends keyof Described ? Same<T[K], Described[K]> : 'absent'
}

/** The names of those that differ; none may. */
type Differing<T> = { [K in keyof T]: T[K] extends true ? never : K }[keyof T]

type None<T extends never> = T
export type UnequalAnswers = None<Differing<Compared<Answers>>>
export type UnequalRequests = None<Differing<Compared<Requests>>>
