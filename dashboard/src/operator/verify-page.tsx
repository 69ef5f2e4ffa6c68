import {
  Badge,
  Button,
  Card,
  Code,
  Group,
  Progress,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { operator } from '../api/operator.ts'
import type { Verification } from '../api/operator.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Pager } from '../parts/pager.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { sayOutcome } from './say-verification.ts'
import { forgetOperated } from './use-operator.ts'

// While something is under way one wants to see it move.
const MOVING_MS = 2_000

/** Whether the database is sound: every verification, and what it found. */
export function VerifyPage() {
  const navigate = useNavigate()
  const { cursor, run } = useSearch({ strict: false })
  const { data, error, refetch } = useQuery({
    queryKey: ['operator', 'verifications', cursor],
    queryFn: () => operator.verifications.list(cursor),
    refetchInterval: ({ state }) => (state.data?.objects.some(isRunning) ? MOVING_MS : false),
  })
  const { isBusy, act } = useAct()
  const begin = () =>
    act(async () => {
      const { id } = await operator.verifications.begin()
      await Promise.all([forgetOperated('verifications'), forgetOperated('overview')])
      await navigate({ to: '/operator/verify', search: { run: id } })
    }, 'The verification has begun.')
  const runs = data?.objects
  const shown = runs?.find(({ id }) => id === run) ?? runs?.[0]
  return (
    <Page
      title="Verify"
      about="Whether nothing was lost and every number follows from what was reported. One runs at a time."
      actions={
        <Button
          onClick={() => void begin()}
          loading={isBusy}
          disabled={runs?.some(isRunning) ?? false}
        >
          Verify now
        </Button>
      }
    >
      <Stack gap="xl">
        {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
        {!data && error === null && <Skeleton h={320} role="status" aria-label="Loading" />}
        {runs?.length === 0 && <Empty title="Nothing was verified yet." />}
        {shown && <RunCard run={shown} />}
        {runs && runs.length > 0 && (
          <RunRows
            runs={runs}
            onShow={(id) => void navigate({ to: '/operator/verify', search: { cursor, run: id } })}
          />
        )}
        <Pager
          page={data}
          onGo={(place) => void navigate({ to: '/operator/verify', search: { cursor: place } })}
        />
      </Stack>
    </Page>
  )
}

const isRunning = ({ state }: Verification): boolean => state === 'running'

const countDone = ({ checks }: Verification): number =>
  checks.filter(({ state }) => state === 'done').length

function RunCard({ run }: { run: Verification }) {
  const done = countDone(run)
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {sayOutcome(run)}
        </Title>
        <Text size="sm" aria-live="polite">
          {done} of {run.checks.length} invariants checked
        </Text>
      </Group>
      <Progress
        value={(100 * done) / Math.max(1, run.checks.length)}
        aria-label="Invariants checked"
        color={run.drift === 0 ? 'teal' : 'red'}
        mb="md"
      />
      <Rows
        caption="Invariants"
        rows={run.checks}
        keyOf={({ name }) => name}
        columns={[
          { name: 'Invariant', show: ({ name }) => name },
          { name: 'Checked', show: ({ checked }) => checked?.toLocaleString('en') ?? '–' },
          { name: 'Drift', show: (check) => <Drift check={check} /> },
          {
            name: 'Took',
            show: ({ took_ms: ms }) => (ms === null ? '–' : `${ms.toLocaleString('en')} ms`),
          },
        ]}
      />
    </Card>
  )
}

const WORDS = { running: 'being checked', waiting: 'waits', 'left-out': 'left out' } as const

function Drift({ check }: { check: Verification['checks'][number] }) {
  if (check.state !== 'done') return <>{WORDS[check.state]}</>
  if (check.drift === 0) return <>none</>
  return (
    <Stack gap={4}>
      <Badge color="red" variant="light" tt="none">
        {check.drift?.toLocaleString('en')}
      </Badge>
      {check.samples.map((sample) => (
        <Code key={sample} className="breaks">
          {sample}
        </Code>
      ))}
    </Stack>
  )
}

function RunRows({ runs, onShow }: { runs: Verification[]; onShow: (id: string) => void }) {
  return (
    <Rows
      caption="Verifications"
      rows={runs}
      keyOf={({ id }) => id}
      columns={[
        { name: 'Begun', show: (run) => <When date={run.started_date} /> },
        { name: 'By', show: (run) => <span className="breaks">{run.begun_by}</span> },
        { name: 'Ended', show: (run) => (run.ended_date ? <When date={run.ended_date} /> : '–') },
        { name: 'Found', show: sayOutcome },
        {
          name: 'Actions',
          show: (run) => (
            <Button variant="default" size="xs" onClick={() => onShow(run.id)}>
              Show
            </Button>
          ),
        },
      ]}
    />
  )
}
