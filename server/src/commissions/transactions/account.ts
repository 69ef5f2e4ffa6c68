import type { Vault } from '../../kernel/vault.ts'
import type { Organization } from '../../organizations/organization.ts'

/** `acc-…`: made from whose it is and in which currency, so that it is known without asking. */
export function accountId(vault: Vault, publisher: Organization, currency: string): string {
  const seal = vault.seal('account', publisher.id, currency)
  return `acc-${seal.toString('hex', 0, 8)}`
}

/** The same of a merchant: one for each publisher that it owes in the currency. */
export function merchantAccountId(
  vault: Vault,
  merchant: Organization,
  publisher: Organization,
  currency: string,
): string {
  const seal = vault.seal('account', `${merchant.id} ${publisher.id}`, currency)
  return `acc-${seal.toString('hex', 0, 8)}`
}
