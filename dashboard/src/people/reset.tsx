import { Anchor, Button, Stack, Text, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { account } from '../api/account.ts'
import { Fault } from '../parts/fault.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'
import { NewPassword } from './new-password.tsx'
import { useStep } from './use-step.ts'
import { useToken } from './use-token.ts'

/** Has a link mailed. What it says is the same whether there is such an account. */
export function ForgottenPage() {
  const { isBusy, error, run } = useStep()
  const [email, setEmail] = useState('')
  const [isSent, setSent] = useState(false)
  return (
    <OutsidePage title="Password forgotten">
      <Fault message={error} />
      {isSent ? (
        <Text size="sm" role="status">
          If there is an account with this address, and this Newcomer sends mail, a link is on its
          way; it is good for an hour. Where no mail is sent, ask its operator for a link.
        </Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            run(async () => {
              await account.askForReset(email)
              setSent(true)
            })
          }}
        >
          <Stack>
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" loading={isBusy}>
              Send me a link
            </Button>
          </Stack>
        </form>
      )}
      <Anchor component={Link} to="/sign-in" size="sm" underline="always">
        Back to sign in
      </Anchor>
    </OutsidePage>
  )
}

/** Chooses another password by a link. */
export function ResetPage() {
  const token = useToken()
  const { isBusy, error, run } = useStep()
  const [password, setPassword] = useState('')
  const [isDone, setDone] = useState(false)
  return (
    <OutsidePage title="Choose another password">
      <Fault message={error} />
      {isDone ? (
        <Text size="sm" role="status">
          Done; wherever you were signed in, you are not any more.{' '}
          <Anchor component={Link} to="/sign-in" underline="always">
            Sign in
          </Anchor>
        </Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            run(async () => {
              await account.completeReset(token, password)
              setDone(true)
            })
          }}
        >
          <Stack>
            <NewPassword value={password} onChange={setPassword} />
            <Button type="submit" loading={isBusy} disabled={token === ''}>
              Take this password
            </Button>
          </Stack>
        </form>
      )}
    </OutsidePage>
  )
}
