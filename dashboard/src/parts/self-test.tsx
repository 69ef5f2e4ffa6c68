import { Accordion, Alert, Stack, Text, TextInput } from '@mantine/core'
import { memo, useState } from 'react'
import { findMistake } from './find-mistake.ts'

/** "Which mistake do you make?": compares somebody's own hash with the right one, here. */
export const SelfTest = memo(function SelfTest() {
  return (
    <Accordion variant="contained" order={2}>
      <Accordion.Item value="test">
        <Accordion.Control>You hash yourself? Test it</Accordion.Control>
        <Accordion.Panel>
          <SelfTestFields />
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
})

/** An address and a hash of it, and what is wrong with the hash. */
export function SelfTestFields() {
  const [address, setAddress] = useState('')
  const [hash, setHash] = useState('')
  const found = findMistake(address, hash)
  return (
    <Stack gap="xs">
      <Text size="sm">
        Type an address, and the hash that your system makes of it. Nothing of it leaves this
        browser.
      </Text>
      <TextInput
        label="E-mail address"
        autoComplete="off"
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <TextInput
        label="Your hash of it"
        autoComplete="off"
        spellCheck={false}
        value={hash}
        onChange={(event) => setHash(event.currentTarget.value)}
      />
      <div role="status">
        {found && (
          <Alert color={found.isRight ? 'teal' : 'yellow'} variant="light" title={found.title}>
            {found.advice}
          </Alert>
        )}
      </div>
    </Stack>
  )
}
