import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { account } from '../api/account.ts'
import { forgetMe } from '../api/use-me.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Copy } from '../parts/copy.tsx'
import { Fault } from '../parts/fault.tsx'
import { OutsidePage } from '../parts/outside-page.tsx'
import { withStepUp } from '../parts/step-up.tsx'
import { useStep } from './use-step.ts'

/** Where a second factor is required and there is none yet: nothing else is open before. */
export function EnrolPage() {
  const navigate = useNavigate()
  const [codes, setCodes] = useState<string[]>()
  return (
    <OutsidePage title="A second factor">
      {codes ? (
        <RecoveryCodes
          codes={codes}
          onStored={() => {
            void forgetMe().then(() => navigate({ to: '/' }))
          }}
        />
      ) : (
        <>
          <Text size="sm">
            A password alone opens nothing here. Add an authenticator app: any that takes a key
            works.
          </Text>
          <TotpForm
            onAdded={async () => setCodes((await withStepUp(account.renewRecoveryCodes)).codes)}
          />
        </>
      )}
    </OutsidePage>
  )
}

/** Adds an authenticator app: a secret, and a code that shows that it has arrived. */
export function TotpForm({ onAdded }: { onAdded: () => Promise<void> | void }) {
  const { isBusy, error, run } = useStep()
  const [made, setMade] = useState<{ secret: string; url: string }>()
  const [code, setCode] = useState('')
  return (
    <Stack>
      <Fault message={error} />
      {made === undefined ? (
        <Button
          loading={isBusy}
          onClick={() =>
            run(async () => setMade(await withStepUp(() => account.startTotp('Authenticator app'))))
          }
        >
          Make a key
        </Button>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            run(async () => {
              await account.confirmTotp(code)
              await onAdded()
            })
          }}
        >
          <Stack>
            <Text size="sm">Enter this key in the app, then the code that it shows.</Text>
            <CodeBlock label="The app's secret">
              {made.secret.replace(/(.{4})/g, '$1 ').trim()}
            </CodeBlock>
            <Group>
              <Copy text={made.secret} label="Copy the key" />
              <Button component="a" href={made.url} size="compact-sm" variant="default">
                Open in an app here
              </Button>
            </Group>
            <TextInput
              label="Code"
              inputMode="numeric"
              autoComplete="one-time-code"
              required
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Button type="submit" loading={isBusy}>
              Confirm
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  )
}

export function RecoveryCodes({ codes, onStored }: { codes: string[]; onStored: () => void }) {
  return (
    <Stack>
      <Text size="sm">
        Keep these recovery codes: each lets you in once where the app is lost. They are shown this
        once.
      </Text>
      <CodeBlock label="Recovery codes">{codes.join('\n')}</CodeBlock>
      <Group justify="space-between">
        <Copy text={codes.join('\n')} label="Copy them" />
        <Button onClick={onStored}>I have stored them</Button>
      </Group>
    </Stack>
  )
}
