import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { cursorOf } from '@newcomer/client/browser'
import type { AuditLogEntry } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useMay } from '../api/use-me.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { offerFile } from '../parts/offer-file.ts'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'
import { AuditLogFilterForm } from './audit-log-filters.tsx'
import { listDifferences } from './say-entry.ts'
import { toFilters } from './search.ts'
import type { AuditLogSearch } from './search.ts'
import { useNames } from './use-names.ts'

const PAGE_SIZE = 50

/** Who did what in the organization, and with it. */
export function AuditLogPage() {
  const org = useOrganization()
  const mayRead = useMay(org, 'people')
  const search: AuditLogSearch = useSearch({ strict: false })
  if (!mayRead) {
    return (
      <Page title="Audit log">
        <Text>The audit log is read by members with the permission “people”.</Text>
      </Page>
    )
  }
  return (
    <Page
      title="Audit log"
      about="Who did what in the organization, and with it, for 400 days. Each entry carries the hash of the one before, so that none can be changed or taken out unseen."
      actions={<ExportButton search={search} />}
    >
      <EntryList search={search} />
    </Page>
  )
}

function ExportButton({ search }: { search: AuditLogSearch }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const save = () =>
    act(async () => {
      const parts: string[] = []
      for await (const part of client.auditLog.export(toFilters(search))) parts.push(part)
      offerFile(new Blob(parts, { type: 'text/csv' }), 'audit-log.csv')
      // It is an entry itself.
      await queries.invalidateQueries({ queryKey: ['audit-log'] })
    }, 'The file is saved; that it was, is an entry too.')
  return (
    <Button variant="default" loading={isBusy} onClick={() => void save()}>
      Export as CSV
    </Button>
  )
}

function EntryList({ search }: { search: AuditLogSearch }) {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery({
    queryKey: ['audit-log', org, search],
    queryFn: () => client.auditLog.list({ ...search, page_size: PAGE_SIZE }),
    placeholderData: keepPreviousData,
  })
  const filters = toFilters(search)
  const isNarrowed = Object.values(filters).some((value) => value !== undefined)
  const go = (next: AuditLogSearch, replace = false) =>
    void navigate({ to: '/o/$org/audit-log', params: { org }, search: next, replace })
  const goTo = (page: string | null | undefined) => go({ ...filters, cursor: cursorOf(page ?? '') })
  return (
    <Stack>
      <AuditLogFilterForm
        key={JSON.stringify(filters)}
        search={filters}
        onChange={(next) => go(next, true)}
      />
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={240} role="status" aria-label="Loading" />}
      {data?.objects.length === 0 && (
        <Empty title={isNarrowed ? 'Nothing matches.' : 'Nobody has done anything yet.'}>
          <Text size="sm">
            {isNarrowed
              ? 'Take a filter away, or widen the time.'
              : 'Changes of keys, webhooks, imports, people and the organization stand here.'}
          </Text>
        </Empty>
      )}
      {data && data.objects.length > 0 && <Entries entries={data.objects} />}
      <Group>
        <Button
          variant="default"
          disabled={(data?.previous ?? null) === null}
          onClick={() => goTo(data?.previous)}
        >
          Newer
        </Button>
        <Button
          variant="default"
          disabled={(data?.next ?? null) === null}
          onClick={() => goTo(data?.next)}
        >
          Older
        </Button>
      </Group>
    </Stack>
  )
}

function Entries({ entries }: { entries: AuditLogEntry[] }) {
  const nameOf = useNames()
  return (
    <Rows
      caption="Entries of the audit log"
      rows={entries}
      keyOf={({ id }) => id}
      columns={[
        { name: 'When', show: (each) => <When date={each.date} /> },
        {
          name: 'Who',
          show: (each) => (
            <>
              <Text size="sm" className="breaks">
                {nameOf(each.actor)}
              </Text>
              {each.address !== null && (
                <Text size="xs" c="dimmed">
                  from {each.address}
                </Text>
              )}
            </>
          ),
        },
        {
          name: 'What',
          show: (each) => (
            <Group gap={6}>
              {each.action}
              {each.outcome === 'refused' && (
                <Badge color="red" variant="light" tt="none">
                  refused
                </Badge>
              )}
            </Group>
          ),
        },
        {
          name: 'To what',
          show: ({ object }) => (
            <Text size="sm" className="breaks">
              {object === null ? '–' : nameOf(object)}
            </Text>
          ),
        },
        { name: 'How it was and is', show: (each) => <Differences entry={each} /> },
      ]}
    />
  )
}

function Differences({ entry }: { entry: AuditLogEntry }) {
  return (
    <>
      {listDifferences(entry).map(({ name, before, after }) => (
        <Text key={name} size="xs" className="breaks">
          {name}: {before !== undefined && `${before} → `}
          {after ?? 'taken away'}
        </Text>
      ))}
    </>
  )
}
