import { Text } from '@mantine/core'
import { Empty } from '../parts/empty.tsx'

/** How often it is asked again while the first count is made. */
export const COUNTING_MS = 3_000

/** In place of a report that was never counted. */
export function BeingCounted() {
  return (
    <Empty title="It is being counted for the first time.">
      <Text size="sm">
        It is counted since you came, one organization after another, and stands here as soon as it
        is done: in seconds, or minutes where there are millions. After that it is counted whenever
        somebody looks.
      </Text>
    </Empty>
  )
}
