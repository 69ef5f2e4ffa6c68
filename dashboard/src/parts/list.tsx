import { Button, Skeleton, Text } from '@mantine/core'
import type { Page } from '@newcomer/client/browser'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Empty } from './empty.tsx'
import { Failure } from './failure.tsx'
import { Pager } from './pager.tsx'
import { Rows } from './rows.tsx'
import type { RowsProps } from './rows.tsx'

export type ListPage<T> = Pick<Page<T>, 'objects' | 'next' | 'previous'>

export interface ListProps<T> extends Omit<RowsProps<T>, 'rows'> {
  /** What tells the list from others: the organization and all that it is narrowed to. */
  queryKey: readonly unknown[]
  read: () => Promise<ListPage<T>>
  /** Said where there is nothing, and why that may be. */
  empty: { title: string; about: ReactNode }
  /** Takes all filters away; undefined where there are none. */
  onWiden?: (() => void) | undefined
  onGo: (cursor: string) => void
}

/** One page of a list: what is there, or why nothing is, and the way to the pages beside it. */
export function List<T>(props: ListProps<T>) {
  const { queryKey, read, empty, onWiden, onGo, ...rows } = props
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: read,
    placeholderData: keepPreviousData,
  })
  return (
    <>
      {error !== null && <Failure error={error} of="The list" onRetry={() => void refetch()} />}
      {!data && error === null && <Skeleton h={240} role="status" aria-label="Loading" />}
      {data?.objects.length === 0 && (
        <Empty title={onWiden ? 'Nothing matches.' : empty.title}>
          <Text size="sm">
            {data.next !== null
              ? 'Many were looked through, and there are older ones: look further.'
              : onWiden
                ? 'Take a filter away, or widen the time.'
                : empty.about}
          </Text>
          {onWiden && (
            <Button variant="default" size="xs" onClick={onWiden}>
              Take all filters away
            </Button>
          )}
        </Empty>
      )}
      {data && data.objects.length > 0 && <Rows {...rows} rows={data.objects} />}
      <Pager page={data} onGo={onGo} />
    </>
  )
}
