import { Code, Skeleton, Stack, Text, Title } from '@mantine/core'
import { NewcomerError } from '@newcomer/client/browser'
import type { Commission, Order, Verdict } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useIsMerchant } from '../api/use-role.ts'
import { sayInstant } from '../parts/date.ts'
import { Empty } from '../parts/empty.tsx'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Ledger } from '../parts/ledger.tsx'
import { sayMoney, sayRate } from '../parts/money.ts'
import { Need } from '../parts/need.tsx'
import { factsOfOwed, readOwed } from '../parts/owed-facts.ts'
import { Page } from '../parts/page.tsx'
import { PaidLines } from '../parts/paid-lines.tsx'
import { ProofActions, ProofFoot, ProofPart, Sentences } from '../parts/proof.tsx'
import { usePublisherNames } from '../parts/publisher-select.tsx'
import { Rows } from '../parts/rows.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { Word } from '../parts/word.tsx'
import { sayKnown, sayQuote, sayVerdict } from './say-verdict.ts'

/** Why an order is paid as it is, to its merchant. */
export function OrderPage() {
  const { id = '' } = useParams({ strict: false })
  const org = useOrganization()
  const isMerchant = useIsMerchant(org)
  return (
    <Need permission="customers" title="Order">
      {isMerchant ? (
        <OneOrder key={id} id={id} />
      ) : (
        <Page title="Order">
          <Text size="sm">
            Orders are shown to the merchant that reported them. What you are owed for one is its
            transaction.
          </Text>
        </Page>
      )}
    </Need>
  )
}

function OneOrder({ id }: { id: string }) {
  const org = useOrganization()
  const client = useClient()
  const { data, error, refetch, dataUpdatedAt } = useQuery({
    queryKey: ['order', org, id],
    queryFn: async () => ({
      order: await client.orders.get(id),
      verdict: await client.orders.verdict(id),
    }),
  })
  const isAbsent = error instanceof NewcomerError && error.status === 404
  const known = data?.order.button_order_id
  return (
    <Page
      title="Order"
      about={<Code className="breaks">{data?.order.order_id ?? id}</Code>}
      actions={known !== undefined && <ProofActions id={known} />}
    >
      {isAbsent && (
        <Empty title="There is no such order of yours.">
          <Text size="sm">
            No order with this number was reported by your organization. Was it refused? The answer
            to the call says why.
          </Text>
        </Empty>
      )}
      {error !== null && !isAbsent && (
        <Failure error={error} of="The order" onRetry={() => void refetch()} />
      )}
      {!data && error === null && <Skeleton h={300} role="status" aria-label="Loading" />}
      {data && (
        <Stack>
          <OrderFacts order={data.order} verdict={data.verdict} />
          <ProofPart title="Why it is paid so">
            <Sentences sentences={sayVerdict(data.verdict)} />
            <EvidenceLinks verdict={data.verdict} />
          </ProofPart>
          <ProofPart title="What was known of the buyer">
            <Sentences sentences={sayKnown(data.verdict)} />
          </ProofPart>
          <ProofPart title="What was promised">
            <Sentences sentences={[sayQuote(data.verdict)]} />
          </ProofPart>
          <Owed order={data.order} commission={data.verdict.commission} />
          <Foot order={data.order} verdict={data.verdict} asOf={dataUpdatedAt} />
        </Stack>
      )}
    </Page>
  )
}

function OrderFacts({ order, verdict }: { order: Order; verdict: Verdict }) {
  return (
    <Facts
      facts={[
        ['Paid as', <Word key="segment">{verdict.segment}</Word>],
        ['Judged', <Word key="judged">{verdict.judged}</Word>],
        ['Status', <Word key="status">{order.status}</Word>],
        ['Total', sayMoney(order.total, order.currency)],
        ['Ordered', sayInstant(order.purchase_date)],
        ['Final', sayInstant(order.finalization_date)],
        ['Id', <Code key="id">{order.button_order_id}</Code>],
      ]}
    />
  )
}

interface FootProps {
  order: Order
  verdict: Verdict
  asOf: number
}

/** The number and the digest are those of what is owed, as the publisher has them too. */
function Foot({ order, verdict, asOf }: FootProps) {
  const org = useOrganization()
  const client = useClient()
  const owed = verdict.commission?.transaction_id
  const { data } = useQuery({
    queryKey: ['transaction', org, owed],
    queryFn: () => readOwed(client, owed ?? ''),
    enabled: owed !== undefined,
  })
  const id = order.button_order_id
  if (owed === undefined) return <ProofFoot id={id} asOf={asOf} facts={{ order, verdict }} />
  return <ProofFoot id={id} number={owed} asOf={asOf} facts={data && factsOfOwed(data)} />
}

/** To what the verdict names. */
function EvidenceLinks({ verdict }: { verdict: Verdict }) {
  const named = [verdict.evidence, verdict.later_evidence].filter((each) => each != null)
  return named.map(({ button_order_id: order, import_id: file }) => (
    <Text key={order ?? file} size="sm" mt={4} className="no-print">
      {order !== undefined && (
        <ThingLink kind="order" id={order}>
          The earlier order {order}
        </ThingLink>
      )}
      {file !== undefined && (
        <ThingLink kind="import" id={file}>
          The file {file}
        </ThingLink>
      )}
    </Text>
  ))
}

interface OwedProps {
  order: Order
  commission: Commission | null
}

function Owed({ order, commission }: OwedProps) {
  const nameOf = usePublisherNames()
  if (commission === null) {
    return (
      <ProofPart title="What it owes">
        <Text size="sm">
          Nothing: it came from no link of a publisher, or too long after the click.
        </Text>
      </ProofPart>
    )
  }
  const { publisher_id: publisher, amount, currency, status } = commission
  const { rate_card_id: card, rate_card_version: version } = commission
  const bases = commission.line_bases
  return (
    <ProofPart title="What it owes">
      <Stack>
        <Sentences
          sentences={[
            `It owes ${nameOf(publisher)} ${sayMoney(amount, currency)}, ${status}.`,
            card === null || version === null
              ? 'No rate card of yours was in force for this publisher when it was placed: so it pays nothing.'
              : `It is paid by version ${version} of the rate card ${card}, which was in force when it was placed.`,
          ]}
        />
        {card !== null && version !== null && <Rates card={card} version={version} />}
        <Title order={3} size="h5">
          Line by line
        </Title>
        <PaidLines
          currency={currency}
          lines={commission.line_commissions.map((paid, index) => {
            const line = order.line_items[index]
            const rest = order.line_items.length === 0 ? 'The whole order' : 'What no line is for'
            return {
              name: line?.description ?? line?.identifier ?? rest,
              category: line?.category[0] ?? null,
              total: line?.total ?? null,
              base: bases?.[index] ?? null,
              paid,
            }
          })}
        />
        <Text size="sm" className="no-print">
          The publisher sees it as the transaction{' '}
          <ThingLink kind="transaction" id={commission.transaction_id} />.
        </Text>
        <Title order={3} size="h5">
          Every change of the amount
        </Title>
        <Ledger entries={commission.ledger} currency={currency} />
      </Stack>
    </ProofPart>
  )
}

/** What the version of the card pays, so that each line can be computed by hand. */
function Rates({ card, version }: { card: string; version: number }) {
  const org = useOrganization()
  const client = useClient()
  const { data } = useQuery({
    queryKey: ['rate-card', org, card],
    queryFn: () => client.rateCards.get(card),
  })
  const its = data?.versions.find((each) => each.version === version)
  if (!data || !its) return null
  return (
    <>
      <Text size="sm">
        {data.name}, version {version} of {sayInstant(its.start_date)}:
      </Text>
      <Rows
        caption="Rates of the version"
        rows={its.rates}
        keyOf={(rate) => JSON.stringify(rate)}
        columns={[
          { name: 'Segment', show: (rate) => rate.segment },
          { name: 'Category', show: (rate) => rate.category ?? 'every' },
          { name: 'Rate', show: (rate) => sayRate(rate) },
        ]}
      />
    </>
  )
}
