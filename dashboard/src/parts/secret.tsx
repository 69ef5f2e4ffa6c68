import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { CodeBlock } from './code-block.tsx'
import { Copy } from './copy.tsx'

export interface SecretProps {
  title: string
  /** Undefined: nothing is shown. */
  secret: string | undefined
  /** What to do with it. */
  about?: string
  children?: ReactNode
  onStored: () => void
}

const STORE_IT = 'Store it now, where your programs keep secrets.'

/** A secret, this once. Only the button closes it: a click beside it would lose what nobody can show again. */
export function Secret({ title, secret, about = STORE_IT, children, onStored }: SecretProps) {
  return (
    <Modal
      opened={secret !== undefined}
      onClose={onStored}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
    >
      <Stack>
        <Text size="sm">It is shown this once. {about}</Text>
        <CodeBlock label={title}>{secret}</CodeBlock>
        {children}
        <Group justify="space-between">
          <Copy text={secret ?? ''} label="Copy it" />
          <Button onClick={onStored}>I have stored it</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
