import { Button, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { account } from '../api/account.ts'
import { Fault } from '../parts/fault.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'
import { NewPassword } from './new-password.tsx'
import { useNext } from './sign-in.tsx'
import { useStep } from './use-step.ts'
import { useToken } from './use-token.ts'

/** The first operator's account, by the link that the first start prints. */
export function SetUpPage() {
  const token = useToken()
  const goOn = useNext()
  const { isBusy, error, run } = useStep()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  return (
    <OutsidePage title="Set Newcomer up">
      <Text size="sm">
        You run this Newcomer. Your account is its first: it makes organizations and invites people.
      </Text>
      <Fault message={error ?? (token === '' ? NO_TOKEN : undefined)} />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          run(async () => goOn(await account.setUp({ token, name, email, password })))
        }}
      >
        <Stack>
          <TextInput
            label="Your name"
            autoComplete="name"
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <NewPassword value={password} onChange={setPassword} />
          <Button type="submit" loading={isBusy} disabled={token === ''}>
            Make my account
          </Button>
        </Stack>
      </form>
    </OutsidePage>
  )
}

const NO_TOKEN =
  'The link is not whole. Open the one that Newcomer printed as it started; start it again for a new one.'
