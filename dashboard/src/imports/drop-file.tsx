import '@mantine/dropzone/styles.css'
import { Button, Group, Stack, Text } from '@mantine/core'
import { Dropzone } from '@mantine/dropzone'
import { memo, useRef } from 'react'

export interface DropFileProps {
  /** What is wanted: "Drop the file with your customers here". */
  title: string
  isBusy?: boolean
  onFile: (file: File) => void
}

/** Takes one file, by dropping it or by the button. It goes nowhere from here. */
export const DropFile = memo(function DropFile({ title, isBusy = false, onFile }: DropFileProps) {
  const open = useRef<() => void>(null)
  return (
    <Dropzone
      openRef={open}
      multiple={false}
      loading={isBusy}
      // The button is for the keyboard, and for clicks.
      activateOnClick={false}
      activateOnKeyboard={false}
      enablePointerEvents
      inputProps={{ 'aria-label': 'File with customers' }}
      onDrop={([file]) => {
        if (file) onFile(file)
      }}
    >
      <Stack align="center" gap="xs" py="lg">
        <Text fw={600} ta="center">
          {title}
        </Text>
        <Text size="sm" c="dimmed" ta="center">
          It is read in this browser. Nothing of it is sent before you say so, and plain e-mail
          addresses never are.
        </Text>
        <Group>
          <Button onClick={() => open.current?.()}>Choose a file</Button>
        </Group>
      </Stack>
    </Dropzone>
  )
})
