import { Alert, Anchor, Button, Card, Code, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { operator } from '../api/operator.ts'
import type { MailTest, Overview } from '../api/operator.ts'
import { Facts } from '../parts/facts.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When, sayDistance } from '../parts/when.tsx'
import { sayOutcome } from './say-verification.ts'
import { useOrganizations } from './use-operator.ts'

/** Whether all is well, at one look. */
export function OverviewPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['operator', 'overview'],
    queryFn: () => operator.overview(),
  })
  return (
    <Page title="Overview" about="Whether all is well with this Newcomer.">
      <Stack gap="xl">
        {error !== null && (
          <Failure error={error} of="The overview" onRetry={() => void refetch()} />
        )}
        {!data && error === null && <Skeleton h={400} role="status" aria-label="Loading" />}
        {data && <Health overview={data} />}
      </Stack>
    </Page>
  )
}

const say = (count: number): string => count.toLocaleString('en')

function Health({ overview }: { overview: Overview }) {
  const { counts, database, deliveries, calls, migrations } = overview
  return (
    <>
      <Part title="What runs">
        <Facts
          facts={[
            ['Version', overview.version],
            ['Mode', overview.mode],
            ['Mail', overview.sends_mail ? 'is sent' : 'is not set up: links are shown'],
            [
              'Database',
              `${database.kind === 'pglite' ? 'embedded' : 'PostgreSQL'}, ${sayBytes(database.size_bytes)}`,
            ],
            ['Migrations', `${say(migrations.applied)}, the last ${migrations.last ?? 'none'}`],
          ]}
        />
        <TestMail sendsMail={overview.sends_mail} />
      </Part>
      <Part title="Is the database sound?">
        <LastVerification last={overview.last_verification} />
      </Part>
      <Part title="How much there is">
        <Facts
          facts={[
            ['Publishers', say(counts.publishers)],
            ['Merchants', say(counts.merchants)],
            ['People', say(counts.people)],
            ['Customers', sayRows(counts.customers)],
            ['Orders', sayRows(counts.orders)],
            ['Transactions', sayRows(counts.transactions)],
            [
              'Webhooks',
              `${say(counts.webhooks.enabled)}, and ${say(counts.webhooks.paused)} paused`,
            ],
          ]}
        />
      </Part>
      <Part title="What failed">
        <Facts
          facts={[
            ['Calls that this process answered', say(calls.answered)],
            ['Of them failed here', sayShare(calls.failed, calls.answered)],
            ['Since', <When key="since" date={calls.since_date} />],
            ['Deliveries in the last hour', say(deliveries.attempts)],
            ['Of them failed', sayShare(deliveries.failed, deliveries.attempts)],
            ['Refused', say(deliveries.refused)],
            ['Expired', say(deliveries.expired)],
          ]}
        />
      </Part>
      <Waiting overview={overview} />
    </>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </section>
  )
}

/** Sends the operator a mail, and says what the mail server answered. */
function TestMail({ sendsMail }: { sendsMail: boolean }) {
  const { isBusy, act } = useAct()
  const [test, setTest] = useState<MailTest>()
  const send = async () => {
    setTest(undefined)
    setTest(await act(() => operator.testMail()))
  }
  return (
    <Stack mt="sm" align="flex-start">
      <Button variant="default" loading={isBusy} disabled={!sendsMail} onClick={() => void send()}>
        Send me a test mail
      </Button>
      {test && (
        <Alert color={test.is_taken ? 'teal' : 'red'} role="status">
          {sayMailTest(test)}
        </Alert>
      )}
    </Stack>
  )
}

function sayMailTest({ is_taken: isTaken, status, error }: MailTest): string {
  if (isTaken) return 'The mail server took it; look into your mailbox.'
  const answer = status === null ? 'gave no answer' : `answered ${status}`
  return `It was not taken: the mail server ${answer}${error === null ? '' : ` (${error})`}.`
}

const sayRows = ({ count, is_exact: isExact }: { count: number; is_exact: boolean }): string =>
  isExact ? say(count) : `about ${say(count)}`

const sayShare = (part: number, whole: number): string =>
  whole === 0 ? '0' : `${say(part)} (${((100 * part) / whole).toFixed(2)} %)`

function sayBytes(bytes: number): string {
  const megabytes = bytes / 1_000_000
  return megabytes < 1_000 ? `${megabytes.toFixed(0)} MB` : `${(megabytes / 1_000).toFixed(1)} GB`
}

function LastVerification({ last }: { last: Overview['last_verification'] }) {
  return (
    <Card withBorder>
      <Text size="sm">
        {last === null ? (
          'Nothing was verified yet. '
        ) : (
          <>
            The last verification, <When date={last.started_date} />: {sayOutcome(last)}.{' '}
          </>
        )}
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link to="/operator/verify" {...props} />}
        >
          Verifications
        </Anchor>
      </Text>
    </Card>
  )
}

function Waiting({ overview: { backlogs, imports } }: { overview: Overview }) {
  const { data: organizations } = useOrganizations()
  const nameOf = (id: string): string => organizations?.find((each) => each.id === id)?.name ?? id
  return (
    <>
      <Part title="Webhooks where events wait">
        {backlogs.length === 0 ? (
          <Text size="sm">Nothing waits anywhere.</Text>
        ) : (
          <Rows
            caption="Webhooks where events wait"
            rows={backlogs}
            keyOf={({ webhook }) => webhook}
            columns={[
              { name: 'Leads to', show: ({ origin }) => <span className="breaks">{origin}</span> },
              {
                name: 'Of',
                show: (each) => (
                  <Organization id={each.organization} name={nameOf(each.organization)} />
                ),
              },
              { name: 'State', show: ({ state }) => state },
              { name: 'Things that wait', show: ({ lanes }) => say(lanes) },
              { name: 'The oldest', show: (each) => sayDistance(-each.oldest_seconds) },
              { name: 'Id', show: ({ webhook }) => <Code className="breaks">{webhook}</Code> },
            ]}
          />
        )}
      </Part>
      <Part title="Imports under way">
        {imports.length === 0 ? (
          <Text size="sm">None.</Text>
        ) : (
          <Rows
            caption="Imports under way"
            rows={imports}
            keyOf={({ id }) => id}
            columns={[
              { name: 'Begun', show: (each) => <When date={each.created_date} /> },
              {
                name: 'Of',
                show: (each) => (
                  <Organization id={each.organization} name={nameOf(each.organization)} />
                ),
              },
              { name: 'State', show: ({ state }) => state },
              {
                name: 'Rows',
                show: ({ rows, total_rows: total }) => `${say(rows)} of ${say(total)}`,
              },
              { name: 'Id', show: ({ id }) => <Code className="breaks">{id}</Code> },
            ]}
          />
        )}
      </Part>
    </>
  )
}

function Organization({ id, name }: { id: string; name: string }) {
  return (
    <Anchor
      inherit
      underline="always"
      className="breaks"
      renderRoot={(props) => <Link to="/operator/organizations/$id" params={{ id }} {...props} />}
    >
      {name}
    </Anchor>
  )
}
