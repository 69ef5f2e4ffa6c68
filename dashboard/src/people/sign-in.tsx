import {
  Alert,
  Anchor,
  Button,
  PasswordInput,
  PinInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { account } from '../api/account.ts'
import type { SignIn } from '../api/account.ts'
import { queries } from '../api/queries.ts'
import { describeFailure } from '../parts/failure.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'

/** What comes after a step: inside, the second factor, or its enrolment. */
export function useNext() {
  const navigate = useNavigate()
  const { next } = useSearch({ strict: false })
  return async ({ next: step }: SignIn): Promise<void> => {
    // Nothing of who was signed in before is left.
    queries.clear()
    if (step === 'enrol') await navigate({ to: '/enrol' })
    else if (step === 'done') await navigate({ href: next ?? '/dashboard/', replace: true })
  }
}

export function SignInPage() {
  const [challenge, setChallenge] = useState<string>()
  const goOn = useNext()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const take = (step: Promise<SignIn>) => {
    setBusy(true)
    setError(undefined)
    step
      .then(async (answer) => {
        if (answer.next === 'totp') setChallenge(answer.challenge ?? '')
        else if (answer.next === 'passkey') setError('This account signs in by its passkey.')
        else await goOn(answer)
      })
      .catch((thrown: unknown) => setError(describeFailure(thrown).message))
      .finally(() => setBusy(false))
  }
  return (
    <OutsidePage title={challenge === undefined ? 'Sign in' : 'Second factor'}>
      {error !== undefined && (
        <Alert color="red" variant="light" role="alert">
          {error}
        </Alert>
      )}
      {challenge === undefined ? (
        <PasswordForm isBusy={isBusy} take={take} />
      ) : (
        <CodeForm isBusy={isBusy} challenge={challenge} take={take} />
      )}
    </OutsidePage>
  )
}

interface StepProps {
  isBusy: boolean
  take: (step: Promise<SignIn>) => void
}

function PasswordForm({ isBusy, take }: StepProps) {
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  // Browsers make none for an address that is a number.
  const hasPasskeys = 'PublicKeyCredential' in window && !/^[\d.]+$|^\[/.test(location.hostname)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        take(account.signIn(email, password))
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
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={isBusy}>
          Sign in
        </Button>
        {hasPasskeys && (
          <Button
            variant="default"
            disabled={isBusy}
            onClick={() => take(account.signInByPasskey())}
          >
            Sign in with a passkey
          </Button>
        )}
        <Text size="sm">
          <Anchor component={Link} to="/forgotten" underline="always">
            Password forgotten
          </Anchor>
        </Text>
      </Stack>
    </form>
  )
}

function CodeForm({ isBusy, challenge, take }: StepProps & { challenge: string }) {
  const [isRecovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const enter = (text: string) =>
    take(
      isRecovery ? account.enterRecoveryCode(challenge, text) : account.enterTotp(challenge, text),
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        enter(code)
      }}
    >
      <Stack>
        {isRecovery ? (
          <TextInput
            label="Recovery code"
            description="Each is good once."
            autoComplete="off"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        ) : (
          <>
            <Text size="sm">The six digits that your authenticator app shows now.</Text>
            <PinInput
              length={6}
              type="number"
              oneTimeCode
              autoFocus
              aria-label="Digit of the code"
              value={code}
              onChange={setCode}
              onComplete={enter}
            />
          </>
        )}
        <Button type="submit" loading={isBusy}>
          Go on
        </Button>
        <Anchor
          component="button"
          type="button"
          size="sm"
          underline="always"
          onClick={() => {
            setCode('')
            setRecovery(!isRecovery)
          }}
        >
          {isRecovery ? 'Use the authenticator app' : 'Use a recovery code'}
        </Anchor>
      </Stack>
    </form>
  )
}
