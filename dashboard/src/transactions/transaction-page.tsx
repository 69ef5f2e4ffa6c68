import { Code, Skeleton, Stack, Text } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { Transaction } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { sayInstant } from '../parts/date.ts'
import { DeliveryLinks } from '../parts/delivery-links.tsx'
import { Empty } from '../parts/empty.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Ledger } from '../parts/ledger.tsx'
import { sayMoney } from '../parts/money.ts'
import { Need } from '../parts/need.tsx'
import { MOST_ENTRIES, factsOfOwed, readOwed } from '../parts/owed-facts.ts'
import { Page } from '../parts/page.tsx'
import { PaidLines } from '../parts/paid-lines.tsx'
import { ProofActions, ProofFoot, ProofPart, Sentences } from '../parts/proof.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { Word } from '../parts/word.tsx'
import { sayCard, sayStatus, sayTransactionVerdict } from './say-transaction.ts'

/** Why something is owed, and how much: as the one of both sees it who asks. */
export function TransactionPage() {
  const { id = '' } = useParams({ strict: false })
  return (
    <Need permission="customers" title="Transaction">
      <OneTransaction key={id} id={id} />
    </Need>
  )
}

function OneTransaction({ id }: { id: string }) {
  const org = useOrganization()
  const client = useClient()
  const isMerchant = useIsMerchant(org)
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['transaction', org, id],
    queryFn: () => readOwed(client, id),
  })
  const isAbsent = error instanceof NewcomerError && error.status === 404
  return (
    <Page
      title="Transaction"
      about={<Code className="breaks">{id}</Code>}
      actions={data && <ProofActions id={id} />}
    >
      {isAbsent && (
        <Empty title="There is no such transaction of yours.">
          <Text size="sm">
            A publisher sees what it is owed and a merchant what it owes, and neither anything else.
          </Text>
        </Empty>
      )}
      {error !== null && !isAbsent && (
        <Failure error={error} of="The transaction" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={300} role="status" aria-label="Loading" />}
      {data && (
        <Stack>
          <TransactionFacts transaction={data.transaction} isMerchant={isMerchant} />
          <ProofPart title="Why it is paid so">
            <Sentences sentences={sayTransactionVerdict(data.transaction.verdict)} />
          </ProofPart>
          <Amount transaction={data.transaction} />
          <ProofPart title="Every change of the amount">
            <Ledger entries={data.entries} currency={data.transaction.currency} />
            {data.hasMore && (
              <Text size="sm" mt="xs">
                These are the first {MOST_ENTRIES}; the API has the others.
              </Text>
            )}
          </ProofPart>
          <DeliveryLinks about="transaction" id={id} />
          <ProofFoot id={id} asOf={dataUpdatedAt} facts={factsOfOwed(data)} />
        </Stack>
      )}
    </Page>
  )
}

interface TransactionFactsProps {
  transaction: Transaction
  isMerchant: boolean
}

function TransactionFacts({ transaction, isMerchant }: TransactionFactsProps) {
  const { publisher_customer_id: customer, customer_segment: segment } = transaction
  const { button_order_id: order, order_id: own } = transaction
  return (
    <Facts
      facts={[
        ['Amount', sayMoney(transaction.amount, transaction.currency)],
        ['Status', <Word key="status">{transaction.status}</Word>],
        ['Paid as', segment ? <Word key="segment">{segment.name}</Word> : 'not told'],
        isMerchant
          ? ['Publisher', transaction.publisher_organization_name]
          : ['Merchant', transaction.commerce_organization_name],
        ['Link followed', sayInstant(transaction.attribution_date)],
        ['Ordered', sayInstant(transaction.order_purchased_date)],
        isMerchant
          ? [
              'Order',
              <ThingLink key="order" kind="order" id={order}>
                {own ?? order}
              </ThingLink>,
            ]
          : ['Order', <Code key="order">{order}</Code>],
        ...(isMerchant
          ? []
          : ([
              [
                'Your customer',
                customer === null ? (
                  'nobody was named'
                ) : (
                  <ThingLink kind="customer" id={customer} />
                ),
              ],
            ] as [string, React.ReactNode][])),
      ]}
    />
  )
}

function Amount({ transaction }: { transaction: Transaction }) {
  const { amount, currency, order_total: total, order_currency: ordered } = transaction
  return (
    <ProofPart title="What it pays">
      <Stack>
        <Sentences
          sentences={[
            `It pays ${sayMoney(amount, currency)} on an order of ${sayMoney(total, ordered)}. ${sayStatus(transaction)}`,
            sayCard(transaction),
          ]}
        />
        <PaidLines
          currency={currency}
          lines={transaction.order_line_items.map((line) => ({
            name: line.description ?? line.identifier,
            category: line.category,
            total: line.total,
            base: line.commission_base,
            paid: line.publisher_commission,
          }))}
        />
      </Stack>
    </ProofPart>
  )
}
