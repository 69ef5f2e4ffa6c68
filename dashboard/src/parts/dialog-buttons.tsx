import { Button, Group } from '@mantine/core'
import type { ReactNode } from 'react'

export interface DialogButtonsProps {
  onLeave: () => void
  /** What the way out is called. */
  leave?: string
  isBusy: boolean
  disabled?: boolean
  /** Whether it takes something away. */
  isDanger?: boolean
  /** What the form does. */
  children: ReactNode
}

/** At the end of the form in a dialog: the way out, and what it is for. */
export function DialogButtons(props: DialogButtonsProps) {
  const { onLeave, leave = 'Leave it', isBusy, disabled = false, isDanger = false } = props
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onLeave}>
        {leave}
      </Button>
      <Button
        type="submit"
        loading={isBusy}
        disabled={disabled}
        {...(isDanger && { color: 'red' })}
      >
        {props.children}
      </Button>
    </Group>
  )
}
