import { Button } from '@mantine/core'
import type { PartnershipStatus } from '../api/operator.ts'
import { STATUS_LABELS } from './partnership-pairs.ts'
import type { Pair } from './partnership-pairs.ts'

const COLORS: Record<PartnershipStatus, string> = {
  available: 'gray',
  pending: 'yellow',
  approved: 'teal',
}

/** How the two stand with each other; it opens what changes that. */
export function PartnershipCell({
  pair,
  onChoose,
}: {
  pair: Pair
  onChoose: (pair: Pair) => void
}) {
  const { publisher, merchant, partnership } = pair
  const status = partnership?.status ?? 'available'
  return (
    <Button
      size="compact-sm"
      variant="light"
      color={COLORS[status]}
      aria-haspopup="dialog"
      aria-label={`${publisher.name} with ${merchant.name}: ${STATUS_LABELS[status]}. Change it`}
      onClick={() => onChoose(pair)}
    >
      {STATUS_LABELS[status]}
    </Button>
  )
}
