import { Stack, Text } from '@mantine/core'
import type { SimulatedCurrency, Simulation, SimulationSums } from '@newcomer/client/browser'
import { Chart } from '../parts/chart.tsx'
import { Empty } from '../parts/empty.tsx'
import { sayMoney } from '../parts/money.ts'
import { PairedPlot } from '../parts/paired-plot.tsx'
import { Rows } from '../parts/rows.tsx'

/** What orders would have cost beside what they cost, a currency at a time. */
export function Outcome({ simulation }: { simulation: Simulation }) {
  if (simulation.currencies.length === 0) {
    return (
      <Empty title="No order to try it on.">
        <Text size="sm">
          No order of the time came from a publisher. Take a longer time, or all publishers.
        </Text>
      </Empty>
    )
  }
  return (
    <Stack>
      {simulation.currencies.map((each) => (
        <OfCurrency key={each.currency} sums={each} />
      ))}
    </Stack>
  )
}

interface Line extends SimulationSums {
  name: string
}

/** By segment, then by publisher, then the publishers that are too small to be named. */
function listLines({ segments, publishers, other_publishers: others }: SimulatedCurrency): Line[] {
  return [
    ...segments.map((each) => ({ ...each, name: `paid as ${each.segment}` })),
    ...publishers.map((each) => ({ ...each, name: each.name })),
    ...(others ? [{ ...others, name: sayOthers(others.publishers) }] : []),
  ]
}

function sayOthers(publishers: number): string {
  return publishers === 1 ? 'a small publisher' : `${publishers} small publishers together`
}

// As many as fit on a screen; the table has them all.
const MOST_DRAWN = 12

function OfCurrency({ sums }: { sums: SimulatedCurrency }) {
  const { currency, orders, cost, actual_cost: actual, other_publishers: others } = sums
  const say = (amount: number) => sayMoney(amount, currency)
  const lines = listLines(sums)
  const fresh = sums.segments.find(({ segment }) => segment === 'new')
  return (
    <Chart
      title={`Outcome in ${currency}`}
      sentence={
        <>
          {orders.toLocaleString('en')} orders cost {say(actual)}; under the draft they would have
          cost {say(cost)}, {sayDifference(cost - actual, currency)}.
        </>
      }
      table={() => <LineTable lines={lines} currency={currency} />}
      plot={() => <LinePlot lines={lines} currency={currency} />}
    >
      {fresh && fresh.orders > 0 && (
        <Text size="sm">
          {fresh.orders.toLocaleString('en')} of them are new customers’: divided by these, a new
          customer cost {say(Math.round(actual / fresh.orders))} and would have cost{' '}
          {say(Math.round(cost / fresh.orders))}.
        </Text>
      )}
      {others && (
        <Text size="xs" c="dimmed" mt="xs">
          Publishers with fewer than 50 customers among the orders stand in one line together: what
          is said of fewer would be said of people.
        </Text>
      )}
    </Chart>
  )
}

interface LinesProps {
  lines: Line[]
  currency: string
}

function LinePlot({ lines, currency }: LinesProps) {
  const drawn = lines.slice(0, MOST_DRAWN)
  return (
    <>
      <PairedPlot
        label={`Cost now and under the draft, in ${currency}`}
        parts={[
          { name: 'what they cost', paint: 'now' },
          { name: 'under the draft', paint: 'draft' },
        ]}
        rows={drawn.map(({ name, actual_cost: actual, cost, orders }) => ({
          name,
          values: [actual, cost],
          text: `${name}: ${countOrders(orders)} cost ${sayMoney(actual, currency)}, and under the draft ${sayMoney(cost, currency)}, ${sayDifference(cost - actual, currency)}`,
        }))}
      />
      {drawn.length < lines.length && (
        <Text size="xs" c="dimmed">
          The table has {lines.length - drawn.length} more.
        </Text>
      )}
    </>
  )
}

const countOrders = (orders: number): string =>
  orders === 1 ? '1 order' : `${orders.toLocaleString('en')} orders`

function LineTable({ lines, currency }: LinesProps) {
  const say = (amount: number) => sayMoney(amount, currency)
  return (
    <Rows
      caption={`What orders in ${currency} cost`}
      rows={lines}
      keyOf={({ name }) => name}
      columns={[
        { name: 'Of', show: ({ name }) => name },
        { name: 'Orders', show: (line) => line.orders.toLocaleString('en') },
        { name: 'Cost', show: (line) => say(line.actual_cost) },
        { name: 'Under the draft', show: (line) => say(line.cost) },
        {
          name: 'Difference',
          show: (line) => sayDifference(line.cost - line.actual_cost, currency),
        },
      ]}
    />
  )
}

function sayDifference(difference: number, currency: string): string {
  if (difference === 0) return 'as much'
  return difference > 0
    ? `${sayMoney(difference, currency)} more`
    : `${sayMoney(-difference, currency)} less`
}
