import { Box, Center, Paper, Stack, Text, Title } from '@mantine/core'
import { useEffect } from 'react'
import type { ReactNode } from 'react'

/** A page for who is not signed in: one thing to do. */
export function OutsidePage({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Newcomer`
  }, [title])
  return (
    <Center mih="100vh" p="md" component="main">
      <Box w="100%" maw={420}>
        <Text fw={700} size="lg" ta="center" mb="md">
          Newcomer
        </Text>
        <Paper withBorder p="lg" radius="md">
          <Stack>
            <Title order={1} size="h3">
              {title}
            </Title>
            {children}
          </Stack>
        </Paper>
      </Box>
    </Center>
  )
}
