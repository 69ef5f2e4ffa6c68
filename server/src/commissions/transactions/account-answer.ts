import type { Static } from 'typebox'
import type { Database } from '../../kernel/database/database.ts'
import type { Organization } from '../../organizations/organization.ts'
import { listAccounts, listMerchantAccounts } from './account-store.ts'
import { accountId, merchantAccountId } from './account.ts'
import { organizationOf } from './transaction-answer.ts'
import type { AnswerParts } from './transaction-answer.ts'
import type { AccountAnswer } from './transaction-schema.ts'

/** An account as it is answered, and the number of the publisher that a merchant's is for. */
export interface OwnedAccount {
  account: Static<typeof AccountAnswer>
  publisher: number | undefined
}

/** The organization's accounts: a publisher's by currency, a merchant's by publisher and currency. */
export async function listOwned(
  parts: AnswerParts & { database: Database },
  organization: Organization,
): Promise<OwnedAccount[]> {
  const { vault, directory } = parts
  const { db } = parts.database
  if (organization.role === 'publisher') {
    const accounts = await listAccounts(db, organization.number)
    return accounts.map(({ currency }) => ({
      account: {
        id: accountId(vault, organization, currency),
        name: `Cashback ${currency}`,
        currency,
        organization: organization.id,
      },
      publisher: undefined,
    }))
  }
  const snapshot = directory.current()
  const accounts = await listMerchantAccounts(db, organization.number)
  return accounts.map(({ publisher: number, currency }) => {
    const publisher = organizationOf(snapshot, number)
    return {
      account: {
        id: merchantAccountId(vault, organization, publisher, currency),
        name: `${publisher.name} ${currency}`,
        currency,
        organization: organization.id,
        publisher_organization: publisher.id,
      },
      publisher: number,
    }
  })
}
