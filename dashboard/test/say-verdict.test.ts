import { expect, test } from 'vitest'
import type { CustomerStanding, TransactionVerdict, Verdict } from '@newcomer/client/browser'
import { sayStanding } from '../src/customers/say-standing.ts'
import { readSought } from '../src/customers/find-customer.ts'
import { sayKnown, sayQuote, sayVerdict } from '../src/orders/say-verdict.ts'
import { sayMoney } from '../src/parts/money.ts'
import { sayTransactionVerdict } from '../src/transactions/say-transaction.ts'

const AT = '2026-03-01T12:00:00.000Z'
const verdict: Verdict = {
  button_order_id: 'btnorder-2',
  order_id: 'A-2',
  segment: 'active',
  judged: 'active',
  claimed_new: null,
  policy: 'network',
  decided_by: 'network',
  judged_date: AT,
  evidence: {
    matched: 'email_sha256',
    through: 'publisher',
    source: 'import',
    import_id: 'import-1',
    first_purchase_date: '2025-01-02T00:00:00.000Z',
    last_purchase_date: '2025-03-04T00:00:00.000Z',
    known_date: '2026-02-01T00:00:00.000Z',
  },
  known: null,
  quote: null,
  commission: null,
}

test('amounts have all their digits, whatever the currency', () => {
  expect(sayMoney(2299, 'USD')).toBe('USD 22.99')
  expect(sayMoney(-5, 'USD')).toBe('-USD 0.05')
  expect(sayMoney(500, 'JPY')).toBe('JPY 500')
  expect(sayMoney(Number.MAX_SAFE_INTEGER, 'USD')).toBe('USD 90,071,992,547,409.91')
})

test('a verdict says what was known, since when and matched by what', () => {
  const said = sayVerdict(verdict).join('\n')
  expect(said).toContain(
    'since February 1, 2026 the network knew of an earlier purchase, told by the file import-1, which says of ' +
      'purchases from January 2, 2025 to March 4, 2025, matched by an e-mail hash of the customer that the ' +
      'publisher sent.',
  )
  expect(said).toContain('You said nothing of the customer.')
  expect(sayKnown(verdict)).toEqual(['How much was known of the buyer then was not kept yet.'])
  expect(sayQuote(verdict)).toContain('nobody was promised anything')
})

test('no evidence is a sentence, and so is what became known late or was taken back', () => {
  const late: Verdict = {
    ...{ ...verdict, segment: 'new', judged: 'new', evidence: null, claimed_new: false },
    later_evidence: {
      ...{ matched: 'customer_id', through: 'merchant', source: 'order' },
      ...{ button_order_id: 'btnorder-1', known_date: AT, clicked_date: AT },
    },
    evidence_withdrawn: { date: AT, cause: 'order-deleted', counted: false },
    known: { customer: false, email_sha256: 1, advertising_id: 0 },
  }
  const said = sayVerdict(late).join('\n')
  expect(said).toContain('nobody had bought from you with any identifier of this buyer')
  expect(said).toContain('the order btnorder-1, matched by your own customer id, became known only')
  expect(said).toContain('was taken back on March 1, 2026: the earlier order was cancelled.')
  expect(said).toContain('You said that the customer was active.')
  expect(sayKnown(late)).toEqual([
    'You had not reported this customer before. You had told 1 e-mail hash and 0 advertising ids of them.',
  ])
})

test('a publisher is told the day and the kind of source, and no more', () => {
  const told: TransactionVerdict = {
    ...{ segment: 'active', judged: 'active', policy: 'network', decided_by: 'network' },
    ...{ judged_date: '2026-03-01', evidence: { source: 'import', known_date: '2026-02-01' } },
    quote: { outcome: 'expired' },
  }
  const said = sayTransactionVerdict(told).join('\n')
  expect(said).toContain(
    'since February 1, 2026 the network knew of an earlier purchase, told by a file of the merchant’s.',
  )
  expect(said).toContain('it had expired when the order was placed')
  expect(sayTransactionVerdict(null)).toHaveLength(1)
})

test('where a customer stands is said with since when, as far as that is told', () => {
  const standing: CustomerStanding = {
    ...{ id: 'segment-1', organization_id: 'org-1', organization_name: 'Books' },
    ...{ name: 'active', since_date: AT, cause: 'import' },
  }
  expect(sayStanding(standing, false)).toContain(
    'active at Books: somebody with one of its identifiers has bought there. It has been so since March 1, ' +
      '2026, by a file',
  )
  const untold = { ...standing, since_date: null, cause: null }
  expect(sayStanding(untold, false)).toContain('since which day is not told')
  expect(sayStanding({ ...untold, name: 'new' }, true)).toContain('since it was first reported')
})

test('what is typed leaves the browser as an id or as a hash, and no address as it is', () => {
  const hash = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'
  expect(readSought(' User@Example.com ')).toEqual({ kind: 'email', hash })
  expect(readSought(hash.toUpperCase())).toEqual({ kind: 'email', hash })
  expect(readSought('4711')).toEqual({ kind: 'id', id: '4711' })
  for (const wrong of ['', 'user@', '@example.com', 'a b@c d']) {
    expect([wrong, readSought(wrong).kind]).toEqual([wrong, 'wrong'])
  }
})
