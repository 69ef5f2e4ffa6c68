import { Button, Group } from '@mantine/core'
import { cursorOf } from '@newcomer/client/browser'

export interface PagerProps {
  page: { next: string | null; previous: string | null } | undefined
  /** To the page that begins at this cursor. */
  onGo: (cursor: string) => void
}

/** To the pages beside one of a list that begins with the newest. */
export function Pager({ page, onGo }: PagerProps) {
  const button = (label: string, url: string | null) => (
    <Button
      variant="default"
      disabled={url === null}
      onClick={() => {
        if (url !== null) onGo(cursorOf(url))
      }}
    >
      {label}
    </Button>
  )
  // A list of one page has nowhere to go.
  if (!page || (page.next === null && page.previous === null)) return null
  return (
    <Group className="no-print">
      {button('Newer', page.previous)}
      {button('Older', page.next)}
    </Group>
  )
}
