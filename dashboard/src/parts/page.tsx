import { Box, Group, Text, Title } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { MadeCallsButton } from './made-calls-button.tsx'

export interface PageProps {
  title: string
  /** One sentence on what the page is for. */
  about?: ReactNode
  /** Buttons beside the title. */
  actions?: ReactNode
  children: ReactNode
}

/** A page: its title is the document's, and gets the focus, so that a screen reader says where one is. */
export function Page({ title, about, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Newcomer`
    // Not where somebody is typing already.
    if (document.activeElement === document.body) heading.current?.focus()
  }, [title])
  return (
    <Box>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Box>
          <Title order={1} size="h2" tabIndex={-1} ref={heading}>
            {title}
          </Title>
          {about !== undefined && (
            <Text c="dimmed" size="sm" maw={720}>
              {about}
            </Text>
          )}
        </Box>
        <Group gap="xs">
          {actions}
          <MadeCallsButton />
        </Group>
      </Group>
      {children}
    </Box>
  )
}
