import { Text } from '@mantine/core'
import { Outlet } from '@tanstack/react-router'
import { useMe } from '../api/use-me.ts'
import { Page } from '../parts/page.tsx'

/** The operator's pages. The server refuses all others, whatever is shown. */
export function OperatorArea() {
  const { data: me } = useMe()
  if (me?.is_operator === true) return <Outlet />
  return (
    <Page title="For operators">
      <Text size="sm">These pages are for those who run this Newcomer, and you do not.</Text>
    </Page>
  )
}
