import { Box, Group, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'

const STEPS = ['Check here', 'Send', 'Looked at', 'Started', 'Done'] as const
export type Step = (typeof STEPS)[number]

/** Which step an import is at. */
export function stepOf({ state, started_date: started }: Import): Step {
  switch (state) {
    case 'receiving':
      return 'Send'
    case 'checking':
    case 'ready':
    case 'refused':
      return 'Looked at'
    case 'waiting':
    case 'running':
      return 'Started'
    case 'cancelled':
      return started === null ? 'Looked at' : 'Done'
    case 'finished':
    case 'undoing':
    case 'undone':
      return 'Done'
  }
}

/** How far a file is on its way. */
export function Steps({ at }: { at: Step }) {
  const reached = STEPS.indexOf(at)
  return (
    <Group
      component="ol"
      aria-label="Steps"
      gap="md"
      p={0}
      m={0}
      mb="lg"
      style={{ listStyle: 'none' }}
    >
      {STEPS.map((step, index) => {
        const isNow = index === reached
        const isPast = index < reached
        return (
          <Box component="li" key={step} aria-current={isNow ? 'step' : undefined}>
            <Text
              size="sm"
              fw={isNow ? 700 : 400}
              c={isNow ? 'blue' : 'dimmed'}
              td={isNow ? 'underline' : ''}
            >
              {isPast ? '✓' : `${index + 1}.`} {step}
            </Text>
          </Box>
        )
      })}
    </Group>
  )
}
