import { Badge, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { cursorOf } from '@newcomer/client/browser'
import type { AuditLogEntry, Page } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Rows } from '../parts/rows.tsx'
import { When } from '../parts/when.tsx'
import { AuditLogFilterForm } from './audit-log-filters.tsx'
import { listDifferences } from './say-entry.ts'
import { toFilters } from './search.ts'
import type { AuditLogSearch } from './search.ts'

export type EntryPage = Pick<Page<AuditLogEntry>, 'objects' | 'next' | 'previous'>

interface EntriesProps {
  entries: AuditLogEntry[]
  /** Of a person, a key or another thing, by its id. */
  nameOf: (id: string | null) => string
  /** Whose journal an entry is in, where there are several. */
  journalOf?: ((entry: AuditLogEntry) => ReactNode) | undefined
}

export interface EntryListProps extends Omit<EntriesProps, 'entries'> {
  search: AuditLogSearch
  /** Whose list it is: an organization's id, or the operator's. */
  reader: string
  list: (search: AuditLogSearch) => Promise<EntryPage>
  onGo: (next: AuditLogSearch, replace: boolean) => void
}

/** Entries, the newest first, narrowed by what the address says. */
export function EntryList({ search, reader, list, onGo, ...rest }: EntryListProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audit-log', reader, search],
    queryFn: () => list(search),
    placeholderData: keepPreviousData,
  })
  const filters = toFilters(search)
  const isNarrowed = Object.values(filters).some((value) => value !== undefined)
  const goTo = (page: string | null | undefined) =>
    onGo({ ...filters, cursor: cursorOf(page ?? '') }, false)
  return (
    <Stack>
      <AuditLogFilterForm
        key={JSON.stringify(filters)}
        search={filters}
        onChange={(next) => onGo(next, true)}
        isOfAll={rest.journalOf !== undefined}
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
      {data && data.objects.length > 0 && <Entries entries={data.objects} {...rest} />}
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

function Entries({ entries, nameOf, journalOf }: EntriesProps) {
  return (
    <Rows
      caption="Entries of the audit log"
      rows={entries}
      keyOf={({ id }) => id}
      columns={[
        { name: 'When', show: (each) => <When date={each.date} /> },
        ...(journalOf ? [{ name: 'Where', show: journalOf }] : []),
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
