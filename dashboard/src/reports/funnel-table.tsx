import { Rows } from '../parts/rows.tsx'
import type { FunnelStep } from './funnel.tsx'
import { shareOf } from './funnel.tsx'
import { sayCount } from '../parts/say-counts.ts'

export interface FunnelTableProps {
  caption: string
  steps: readonly FunnelStep[]
}

/** The steps of a funnel as rows. */
export function FunnelTable({ caption, steps }: FunnelTableProps) {
  const hasBefore = steps.some(({ before }) => before !== undefined)
  return (
    <Rows
      caption={caption}
      rows={steps}
      keyOf={({ name }) => name}
      columns={[
        { name: 'Step', show: ({ name }) => name },
        {
          name: 'Count',
          show: ({ count }) => (count === null ? 'not told' : sayCount(count)),
        },
        {
          name: 'Share',
          show: (step) => (step.of === undefined ? '–' : `${shareOf(step, steps)} of ${step.of}`),
        },
        ...(hasBefore
          ? [
              {
                name: 'In the file before',
                show: ({ before }: FunnelStep) => (before === undefined ? '–' : sayCount(before)),
              },
            ]
          : []),
      ]}
    />
  )
}
