import { fetchPage, objectOf, objectsOf, unexpected } from './answer.ts'
import type { Page, PageQuery } from './answer.ts'
import type {
  BatchResult,
  Customer,
  CustomerEvent,
  CustomerReport,
  CustomerSearch,
  CustomerStanding,
  Identifiers,
} from './customer.ts'
import type { CustomerExport } from './customer-export.ts'
import type { HashCheck } from './hash-check.ts'
import { pathTo } from './path.ts'
import type { Send } from './send.ts'

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
  /**
   * Your customers that carry one of these identifiers, at most 100; none is no error, whoever else may know
   * them. Errors: 400 `InvalidField` where there is no identifier.
   */
  find(identifiers: CustomerSearch): Promise<Customer[]>
  /** Its segment at each merchant, and since when, all at once. Errors: 404 `NotFound`. */
  segments(id: string): Promise<CustomerStanding[]>
  /** What you were told of it, the newest first, for as long as events are kept. Errors: 404 `NotFound`. */
  events(id: string, query?: PageQuery): Promise<Page<CustomerEvent>>
  /** Replaces the identifiers of a customer: those not named are removed. */
  replace(id: string, customer: Identifiers): Promise<Customer>
  /**
   * All that is held of a customer, for its right of access; an entry of your audit log. Errors: 404 `NotFound`.
   */
  export(id: string): Promise<CustomerExport>
  /**
   * Which mistake the hash of an address was made with; the address has to be of an example domain. Nothing of it
   * is kept. Errors: 400 `InvalidField`.
   */
  checkHash(email: string, hash: string): Promise<HashCheck>
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
    find: async (identifiers) =>
      objectsOf(await send({ method: 'POST', path: `${CUSTOMERS_PATH}/find`, body: identifiers })),
    segments: async (id) =>
      objectsOf(await send({ method: 'GET', path: pathTo(CUSTOMERS_PATH, id, 'segments') })),
    events: async (id, query) =>
      fetchPage(send, pathTo(CUSTOMERS_PATH, id, 'events'), { ...query }),
    replace: async (id, customer) =>
      objectOf(await send({ method: 'PUT', path: pathTo(CUSTOMERS_PATH, id), body: customer })),
    export: async (id) =>
      objectOf(await send({ method: 'GET', path: pathTo(CUSTOMERS_PATH, id, 'export') })),
    checkHash: async (email, hash) =>
      objectOf(await send({ method: 'POST', path: '/v1/hash-check', body: { email, hash } })),
    erase: async (id) => {
      await send({ method: 'DELETE', path: pathTo(CUSTOMERS_PATH, id) })
    },
  }
}
