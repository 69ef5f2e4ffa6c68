import { Anchor, Button, PasswordInput, PinInput, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import { arrival } from '../app/arrival.ts'
import { account } from '../api/account.ts'
import type { SignIn } from '../api/account.ts'
import { queries } from '../api/queries.ts'
import { describeFailure } from '../parts/failure.tsx'
import { Fault } from '../parts/fault.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'
import { useStep } from './use-step.ts'

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

interface StepProps {
  isBusy: boolean
  take: (step: Promise<SignIn>) => void
}

/** The steps of a sign-in: one that is under way, what went wrong, and the code that is asked for. */
function useSignIn() {
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
  return { challenge, error, isBusy, take }
}

/** The page of a sign-in: what it begins with, then the second factor where one is asked for. */
function SignInSteps({ flow, first }: { flow: ReturnType<typeof useSignIn>; first: ReactNode }) {
  const { challenge, error, isBusy, take } = flow
  return (
    <OutsidePage title={challenge === undefined ? 'Sign in' : 'Second factor'}>
      <Fault message={error} />
      {challenge === undefined ? (
        first
      ) : (
        <CodeForm isBusy={isBusy} challenge={challenge} take={take} />
      )}
    </OutsidePage>
  )
}

export function SignInPage() {
  const flow = useSignIn()
  return <SignInSteps flow={flow} first={<PasswordForm {...flow} />} />
}

/** Where the provider sends the browser back to, with a code for the server or the reason why there is none. */
export function ProviderPage() {
  const flow = useSignIn()
  const { take } = flow
  const [code, state, iss] = [arrival.get('code'), arrival.get('state'), arrival.get('iss')]
  const isRefused = code === null || state === null
  const hasBegun = useRef(false)
  useEffect(() => {
    // The code is good once.
    if (hasBegun.current || code === null || state === null) return
    hasBegun.current = true
    take(account.finishProvider({ code, state, ...(iss !== null && { iss }) }))
  }, [code, state, iss, take])
  return (
    <SignInSteps
      flow={flow}
      first={
        <>
          <Fault message={isRefused ? 'The provider did not sign you in.' : undefined} />
          {flow.isBusy && <Text size="sm">Signing in …</Text>}
          {(isRefused || flow.error !== undefined) && (
            <Anchor component={Link} to="/sign-in" size="sm" underline="always">
              Sign in again
            </Anchor>
          )}
        </>
      }
    />
  )
}

function ProviderButton({ isBusy }: { isBusy: boolean }) {
  const { data } = useQuery({ queryKey: ['provider'], queryFn: account.provider })
  const { isBusy: isLeaving, error, run } = useStep()
  if (!data || data.name === null) return null
  return (
    <>
      <Fault message={error} />
      <Button
        variant="default"
        disabled={isBusy}
        loading={isLeaving}
        onClick={() => run(async () => location.assign((await account.startProvider()).url))}
      >
        {`Sign in with ${data.name}`}
      </Button>
    </>
  )
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
        <ProviderButton isBusy={isBusy} />
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
