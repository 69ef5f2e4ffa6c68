import { objectOf, objectsOf, unexpected } from './answer.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

/** What a customer is recognised by; at most 10 identifiers a customer and call. */
export interface Identifiers {
  /** SHA-256 of the trimmed, lower-cased e-mail, 64 hex digits: see `hashEmail`. */
  email_sha256?: string | null | undefined
  /** More of the same; joined with `email_sha256`. */
  emails_sha256?: string[] | null | undefined
  /** IDFA or Android advertising id, a UUID; the all-zero id is accepted and ignored. */
  advertising_id?: string | null | undefined
}

/** A customer as reported. `id` is your own stable id, 1–255 characters of visible ASCII. */
export interface CustomerReport extends Identifiers {
  id: string
}

/** A segment of one merchant: `new` (the default for everybody) or `active` (has purchased there). */
export interface Segment {
  /** `segment-…` */
  id: string
  /** The merchant's id, `org-…`. */
  organization_id: string
  name: 'new' | 'active' | (string & {})
}

/** A customer as the API answers it. */
export interface Customer {
  id: string
  email_sha256: string | null
  emails_sha256: string[]
  advertising_id: string | null
  /** For a publisher: one for each approved merchant that has segments; for a merchant: its own. */
  segments: Segment[]
  /** RFC 3339, UTC, milliseconds; so are all dates of this API. */
  created_date: string
  modified_date: string
}

/** What became of one row of a batch. */
export type BatchResult =
  | { id: string; status: 'created' | 'updated' | 'unchanged' }
  | {
      /** Null when the row had none that is well formed. */
      id: string | null
      status: 'rejected'
      error: { message: string; type: string; details: Record<string, unknown> }
    }

export interface CustomerCalls {
  /**
   * Reports one customer. The same call again is an upsert: identifiers are joined, none is removed.
   * Errors: 400 `InvalidField` (`details.field` names it).
   */
  report(customer: CustomerReport): Promise<Customer>
  /**
   * Reports 1 to 1,000 customers at once; one result a row, in the order of the rows. A rejected row
   * does not fail its neighbours. Errors: 400 when the batch itself is wrong (empty, too long).
   */
  reportBatch(customers: readonly CustomerReport[]): Promise<BatchResult[]>
  /** One customer with its current segments. Errors: 404 `NotFound`. */
  get(id: string): Promise<Customer>
  /** Replaces the identifiers of a customer: those not named are removed. */
  replace(id: string, customer: Identifiers): Promise<Customer>
  /** Erases a customer and its identifiers for good. Errors: 404 `NotFound`. */
  erase(id: string): Promise<void>
}

const CUSTOMERS_PATH = '/v1/customers'

export function createCustomerCalls(send: Send): CustomerCalls {
  return {
    report: async (customer) =>
      objectOf(await send({ method: 'POST', path: CUSTOMERS_PATH, body: customer })),
    reportBatch: async (customers) => {
      const path = `${CUSTOMERS_PATH}/batch`
      const results = objectsOf<BatchResult>(
        await send({ method: 'POST', path, body: { customers } }),
      )
      // Results belong to rows by position alone, so a short answer must not pass unnoticed.
      if (results.length !== customers.length) {
        throw unexpected(`${results.length} results came for ${customers.length} rows`)
      }
      return results
    },
    get: async (id) => objectOf(await send({ method: 'GET', path: pathTo(CUSTOMERS_PATH, id) })),
    replace: async (id, customer) =>
      objectOf(await send({ method: 'PUT', path: pathTo(CUSTOMERS_PATH, id), body: customer })),
    erase: async (id) => {
      await send({ method: 'DELETE', path: pathTo(CUSTOMERS_PATH, id) })
    },
  }
}
