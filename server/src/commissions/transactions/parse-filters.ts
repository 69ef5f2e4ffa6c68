import type { Static } from 'typebox'
import { customerKey } from '../../customers/customer.ts'
import { parseInstantField } from '../../kernel/date-field.ts'
import { invalidField } from '../../kernel/problem.ts'
import type { Vault } from '../../kernel/vault.ts'
import type { Directory } from '../../organizations/directory.ts'
import type { Organization } from '../../organizations/organization.ts'
import type { TransactionFilters } from './list-transactions.ts'
import type { TransactionListQuery } from './transaction-schema.ts'

/** What a list of transactions is asked for with. */
export type FilterQuery = Omit<Static<typeof TransactionListQuery>, 'cursor' | 'page_size'>

export interface FilterParts {
  vault: Vault
  directory: Pick<Directory, 'current'>
}

// Nobody has the number 0: what there is not owes nothing and is owed nothing.
const NOBODY = 0

/** What is asked for by ids, in the database's own terms. A 400 for a filter that is the other role's. */
export function parseFilters(
  { vault, directory }: FilterParts,
  owner: Organization,
  query: FilterQuery,
): TransactionFilters {
  const { merchant_id: merchant, publisher_id: publisher, customer_id: customer } = query
  const isMerchant = owner.role === 'merchant'
  if (isMerchant) refuse('merchant_id', merchant, 'publishers')
  if (isMerchant) refuse('customer_id', customer, 'publishers')
  if (!isMerchant) refuse('publisher_id', publisher, 'merchants')
  const numberOf = (id: string | undefined): number | undefined =>
    id === undefined ? undefined : (directory.current().byId(id)?.number ?? NOBODY)
  return {
    owner,
    merchant: numberOf(merchant),
    publisher: numberOf(publisher),
    customer: customer === undefined ? undefined : customerKey(vault, owner, customer),
    status: query.status,
    segment: query.segment,
    currency: query.currency?.toUpperCase(),
    country: query.country?.toUpperCase(),
    timeField: query.time_field ?? 'created_date',
    start: parseInstantField(query.start, 'start') ?? undefined,
    end: parseInstantField(query.end, 'end') ?? undefined,
  }
}

function refuse(field: string, value: string | undefined, whom: string): void {
  if (value !== undefined) throw invalidField(field, `${field} is for ${whom}; leave it out`)
}

/** The publisher that both are about; nobody where they are about two. */
export function bothOf(asked: number | undefined, own: number | undefined): number | undefined {
  return asked !== undefined && own !== undefined && asked !== own ? NOBODY : (own ?? asked)
}
