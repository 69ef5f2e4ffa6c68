import { Anchor, Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { cursorOf } from '@newcomer/client/browser'
import type { ImportSummary } from '@newcomer/client/browser'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { STATES, isAtRest, sayMode } from './say-import.ts'
import { sayCount, sayDuration } from './say-numbers.ts'

const PAGE_SIZE = 25
const REFRESH_MS = 5_000

export function ImportListPage() {
  const org = useOrganization()
  const mayImport = useMay(org, 'technical')
  return (
    <Page
      title="Imports"
      about="Files of customers: brought in, replaced, taken back."
      actions={mayImport && <NewButton org={org} />}
    >
      <ImportList org={org} mayImport={mayImport} />
    </Page>
  )
}

function NewButton({ org }: { org: string }) {
  return (
    <Button renderRoot={(props) => <Link to="/o/$org/imports/new" params={{ org }} {...props} />}>
      New import
    </Button>
  )
}

function ImportList({ org, mayImport }: { org: string; mayImport: boolean }) {
  const client = useClient()
  const { cursor } = useSearch({ strict: false })
  const { data, error, refetch } = useQuery({
    queryKey: ['imports', org, cursor ?? ''],
    queryFn: () => client.imports.list({ cursor, page_size: PAGE_SIZE }),
    // Only while something goes on.
    refetchInterval: ({ state }) =>
      state.data?.objects.some((its) => !isAtRest(its)) ? REFRESH_MS : false,
  })
  if (error) return <Failure error={error} of="The list" onRetry={() => void refetch()} />
  if (!data) return <Loading />
  if (data.objects.length === 0 && cursor === undefined)
    return <NoImports org={org} mayImport={mayImport} />
  return (
    <Stack>
      <Rows
        caption="Imports"
        rows={data.objects}
        keyOf={({ id }) => id}
        columns={[
          { name: 'State', show: (its) => <State its={its} /> },
          { name: 'Import', show: (its) => <Name org={org} its={its} /> },
          { name: 'Mode', show: sayMode },
          { name: 'Rows', show: ({ total_rows: rows }) => sayCount(rows) },
          { name: 'Created', show: ({ created }) => sayCount(created) },
          { name: 'Updated', show: ({ updated }) => sayCount(updated) },
          { name: 'Unchanged', show: ({ unchanged }) => sayCount(unchanged) },
          { name: 'Rejected', show: ({ rejected }) => sayCount(rejected) },
          { name: 'Took', show: sayLength },
          { name: 'When', show: ({ created_date: date }) => <When date={date} /> },
        ]}
      />
      <Pages org={org} next={data.next} isFirst={cursor === undefined} />
    </Stack>
  )
}

export function State({ its }: { its: Pick<ImportSummary, 'state'> }) {
  const { label, color } = STATES[its.state]
  return (
    <Badge color={color} variant="light" tt="none">
      {label}
    </Badge>
  )
}

function Name({ org, its }: { org: string; its: ImportSummary }) {
  return (
    <Anchor
      size="sm"
      underline="always"
      title={its.id}
      renderRoot={(props) => (
        <Link to="/o/$org/imports/$id" params={{ org, id: its.id }} {...props} />
      )}
    >
      {its.id.slice(0, 15)}…
    </Anchor>
  )
}

function sayLength({ started_date: started, ended_date: ended }: ImportSummary): string {
  if (started === null || ended === null) return '–'
  return sayDuration((Date.parse(ended) - Date.parse(started)) / 1_000)
}

interface PagesProps {
  org: string
  next: string | null
  isFirst: boolean
}

function Pages({ org, next, isFirst }: PagesProps) {
  const to = (cursor: string | undefined, label: string) => (
    <Button
      variant="default"
      renderRoot={(props) => (
        <Link to="/o/$org/imports" params={{ org }} search={{ cursor }} {...props} />
      )}
    >
      {label}
    </Button>
  )
  return (
    <Group>
      {!isFirst && to(undefined, 'Back to the newest')}
      {next !== null && to(cursorOf(next), 'Load more')}
    </Group>
  )
}

function NoImports({ org, mayImport }: { org: string; mayImport: boolean }) {
  return (
    <Empty title="No file was imported yet.">
      <Text size="sm">
        An import tells Newcomer of all the customers that you have, in one file: your ids, and
        hashes of the e-mail addresses. The addresses are hashed in this browser.
      </Text>
      {mayImport && <NewButton org={org} />}
    </Empty>
  )
}

function Loading() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading the imports">
      {[1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} height={36} />
      ))}
    </Stack>
  )
}
