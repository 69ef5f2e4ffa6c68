import { objectOf } from './answer.ts'
import type { Segment, SegmentChangeCause } from './customer.ts'
import type { Send } from './send.ts'
import type { Transaction } from './transaction.ts'

/** Days in UTC, `YYYY-MM-DD`, at most 400; the last thirty unless given. */
export interface DayRangeQuery {
  /** The first day. */
  start?: string | undefined
  /** The day after the last. */
  end?: string | undefined
}

export interface SegmentReportQuery extends DayRangeQuery {
  merchant_id?: string | undefined
}

/** How many of your customers are new and active at merchants, a day at a time. */
export interface SegmentReport {
  /** When it was counted; null where it is being counted for the first time. */
  as_of_date: string | null
  /** Of fewer customers nothing is told. */
  floor: number
  days: SegmentReportDay[]
}

export interface SegmentReportDay {
  day: string
  /** When it was counted: the last time on that day. */
  as_of_date: string
  /** Null where they were fewer than the floor. */
  customers: number | null
  /** Of these, those active at any merchant; null where you do not see all of those merchants any more. */
  matched: number | null
  /** Approved merchants with segments switched on. */
  merchants: { merchant_id: string; merchant_name: string; active: number; new: number }[]
}

export interface MoveReportQuery extends DayRangeQuery {
  merchant_id?: string | undefined
  /** Some of `day`, `merchant`, `segment`, `cause`, with commas; all unless given. */
  by?: string | undefined
}

/** Members that were not asked for are null. */
export interface MoveCount {
  day: string | null
  merchant_id: string | null
  merchant_name: string | null
  /** The segment that customers came into. */
  segment: Segment['name'] | null
  cause: SegmentChangeCause | null
  moves: number
}

export interface MoveReport {
  as_of_date: string | null
  moves: MoveCount[]
}

export interface CommissionReportQuery extends DayRangeQuery {
  /**
   * Some of `day`, `partner`, `segment`, `status`, `category`, with commas; all but the last unless given. By
   * currency always.
   */
  by?: string | undefined
  /** Only with this merchant, or publisher. */
  partner_id?: string | undefined
  segment?: PaidSegment | undefined
  status?: Transaction['status'] | undefined
  /** ISO 4217. */
  currency?: string | undefined
}

/** What orders were paid as; `none` where the merchant told no segments. */
export type PaidSegment = Segment['name'] | 'none'

/** Members that were not asked for are null. Amounts are in the currency's smallest unit. */
export interface CommissionCount {
  /** When the transactions were created. */
  day: string | null
  partner_id: string | null
  partner_name: string | null
  segment: PaidSegment | null
  status: Transaction['status'] | null
  /** The widest category of lines; empty for what has none. */
  category: string | null
  currency: string
  /** With a line of the category, where that is asked for. */
  transactions: number
  /** What is paid on. */
  order_total: number
  /** The commissions. */
  amount: number
}

export interface CommissionReport {
  as_of_date: string | null
  commissions: CommissionCount[]
}

/** What became of the rows of a file. */
export interface MatchedFile {
  /** `import-…` */
  id: string
  ended_date: string
  rows: number
  /** Rows that could be read, with an id. */
  readable: number
  /** Of these, those whose identifiers are in the form that can be matched. */
  hashed: number
  /** What cost rows, the most first. */
  losses: { code: string; count: number; message: string; advice: string }[]
}

/** How many of your customers are matched. */
export interface MatchedCustomers {
  all: number
  /** Those with an identifier. */
  identified: number
  /** Those who are active at a merchant whose segments you see. */
  matched: number
  kinds: { kind: 'email_sha256' | 'advertising_id'; customers: number; matched: number }[]
  merchants: { merchant_id: string; merchant_name: string; matched: number }[]
}

export type MatchHint =
  'mend-rows' | 'mend-identifiers' | 'send-identifiers' | 'send-advertising-ids' | 'ask-merchants'

export interface MatchReport {
  as_of_date: string | null
  /** Of fewer customers nothing is told. */
  floor: number
  /** The last two files that were written, the newest first. */
  files: MatchedFile[]
  /** Null below the floor. */
  customers: MatchedCustomers | null
  /** What would raise it, the first step first. */
  hints: MatchHint[]
}

export interface ReportCalls {
  /** For publishers. */
  segments(query?: SegmentReportQuery): Promise<SegmentReport>
  /** For publishers: the changes of segment that you were told of. */
  moves(query?: MoveReportQuery): Promise<MoveReport>
  /** What you are owed, or owe. */
  commissions(query?: CommissionReportQuery): Promise<CommissionReport>
  /** For publishers. */
  match(): Promise<MatchReport>
}

export function createReportCalls(send: Send): ReportCalls {
  const get = async <T>(name: string, query: object = {}): Promise<T> =>
    objectOf(await send({ method: 'GET', path: `/v1/reports/${name}`, query: { ...query } }))
  return {
    segments: (query) => get('segments', query),
    moves: (query) => get('moves', query),
    commissions: (query) => get('commissions', query),
    match: () => get('match'),
  }
}
