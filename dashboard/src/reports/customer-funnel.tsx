import { Anchor } from '@mantine/core'
import type { MatchReport, MatchedCustomers } from '@newcomer/client/browser'
import { Link } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { Chart } from '../parts/chart.tsx'
import { Funnel } from './funnel.tsx'
import type { FunnelStep } from './funnel.tsx'
import { FunnelTable } from './funnel-table.tsx'
import { sayCount, sayShare } from '../parts/say-counts.ts'

const ALL = 'Your customers'
const KINDS = { email_sha256: 'an e-mail hash', advertising_id: 'an advertising id' }

/** From all customers to those who are active somewhere, by kind of identifier and at each merchant. */
export function CustomerFunnel({ report }: { report: MatchReport }) {
  const { customers, floor } = report
  const steps = customers ? listSteps(customers, report) : NOT_TOLD
  return (
    <Chart
      title="Your customers now"
      sentence={
        customers
          ? `Of ${sayCount(customers.all)} customers ${sayCount(customers.identified)} have an identifier, and ${sayCount(customers.matched)} (${sayShare(customers.matched, customers.all)}) are active at a merchant whose segments you see.`
          : `You have fewer than ${floor} customers: of so few nothing is counted, since it would be said of people.`
      }
      table={() => <FunnelTable caption="Your customers now" steps={steps} />}
      plot={() => <Funnel steps={steps} floor={floor} />}
      asOf={report.as_of_date}
    />
  )
}

const NOT_TOLD: FunnelStep[] = [
  { name: ALL, count: null },
  { name: 'With an identifier', count: null, of: ALL },
  { name: 'Active at any merchant', count: null, of: 'With an identifier' },
]

function listSteps(customers: MatchedCustomers, { hints }: MatchReport): FunnelStep[] {
  const named = (kind: keyof typeof KINDS) => `With ${KINDS[kind]}`
  return [
    { name: ALL, count: customers.all },
    {
      ...{ name: 'With an identifier', count: customers.identified, of: ALL },
      ...(hints.includes('send-identifiers') && {
        hint: `Raise it: ${sayShare(customers.all - customers.identified, customers.all)} of your customers have none. Report an e-mail hash or an advertising id of them.`,
      }),
    },
    ...customers.kinds.flatMap(({ kind, customers: count, matched }): FunnelStep[] => [
      {
        ...{ name: named(kind), count, of: ALL },
        ...(kind === 'advertising_id' &&
          hints.includes('send-advertising-ids') && {
            hint: 'Raise it: fewer customers have an advertising id than an e-mail hash. Report it too where your app knows it.',
          }),
      },
      {
        name: `Active at any merchant, with ${KINDS[kind]}`,
        count: matched,
        of: named(kind),
      },
    ]),
    {
      ...{ name: 'Active at any merchant', count: customers.matched, of: 'With an identifier' },
      ...(hints.includes('ask-merchants') && { hint: <AskMerchants /> }),
    },
    ...customers.merchants.map(({ merchant_name: name, matched }): FunnelStep => ({
      name: `Active at ${name}`,
      count: matched,
      of: 'With an identifier',
    })),
  ]
}

function AskMerchants() {
  const org = useOrganization()
  return (
    <>
      Raise it: not every merchant of the network tells you segments.{' '}
      <Anchor
        inherit
        underline="always"
        renderRoot={(props) => <Link to="/o/$org/merchants" params={{ org }} {...props} />}
      >
        See which, and ask
      </Anchor>
      .
    </>
  )
}
