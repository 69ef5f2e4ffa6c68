import { Badge } from '@mantine/core'

const COLORS: Record<string, string> = {
  new: 'blue',
  active: 'violet',
  open: 'gray',
  pending: 'gray',
  finalized: 'teal',
  validated: 'teal',
  done: 'teal',
  approved: 'teal',
  deleted: 'red',
  declined: 'red',
}

/** A state or a segment, in its word; the color only repeats it. */
export function Word({ children }: { children: string }) {
  return (
    <Badge color={COLORS[children] ?? 'gray'} variant="light" tt="none">
      {children}
    </Badge>
  )
}
