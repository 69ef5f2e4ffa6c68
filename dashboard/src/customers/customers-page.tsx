import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import type { Customer } from '@newcomer/client/browser'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useClient, useOrganization } from '../api/organization.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Need } from '../parts/need.tsx'
import { Page } from '../parts/page.tsx'
import { Rows } from '../parts/rows.tsx'
import { SelfTest } from '../parts/self-test.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { When } from '../parts/when.tsx'
import { Word } from '../parts/word.tsx'
import { findSought, readSought } from './find-customer.ts'
import { shorten } from './shorten.ts'

const TITLE = 'Customers'

/** Answers "what is this one?" by an id or by an e-mail address. */
export function CustomersPage() {
  return (
    <Need permission="customers" title={TITLE}>
      <Page
        title={TITLE}
        about="Look up one of your own customers. An e-mail address is hashed in this browser: only its hash is sent, in no URL, and nothing of it is kept."
      >
        <LookUp />
      </Page>
    </Need>
  )
}

interface Outcome {
  /** As it may be shown: an address is not. */
  shown: string
  isHash: boolean
  found: Customer[]
}

function LookUp() {
  const org = useOrganization()
  const client = useClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<string>()
  const [failure, setFailure] = useState<unknown>(null)
  const [outcome, setOutcome] = useState<Outcome>()
  const [isBusy, setBusy] = useState(false)
  async function look(): Promise<void> {
    const sought = readSought(typed)
    setOutcome(undefined)
    setFailure(null)
    setFault(sought.kind === 'wrong' ? sought.why : undefined)
    if (sought.kind === 'wrong') return
    setBusy(true)
    try {
      const found = await findSought(client, sought)
      const [only] = found
      if (only && found.length === 1) {
        await navigate({ to: '/o/$org/customers/$id', params: { org, id: only.id } })
        return
      }
      const isHash = sought.kind === 'email'
      setOutcome({ shown: isHash ? shorten(sought.hash) : sought.id, isHash, found })
      if (isHash) setTyped('')
    } catch (error) {
      setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void look()
        }}
      >
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label="Id or e-mail address"
            placeholder="Your own id, an e-mail address, its SHA-256 or an advertising id"
            autoComplete="off"
            spellCheck={false}
            maw={520}
            flex={1}
            miw={220}
            value={typed}
            error={fault}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" loading={isBusy}>
            Look up
          </Button>
        </Group>
      </form>
      {failure !== null && <Failure error={failure} of="The customer" />}
      <div role="status">
        {outcome?.found.length === 0 && <NotFound {...outcome} />}
        {outcome && outcome.found.length > 1 && <Several {...outcome} />}
      </div>
    </Stack>
  )
}

function NotFound({ shown, isHash }: Outcome) {
  return (
    <Empty title="Not found for your organization.">
      <Text size="sm">
        {isHash ? 'None of your customers carries the hash ' : 'None of your customers has the id '}
        <Code className="breaks">{shown}</Code>. Whether another organization knows somebody by it,
        nobody is told.
      </Text>
      {isHash && (
        <>
          <Text size="sm">
            Do your systems make the same hash? Test it here: a line break or a capital letter gives
            another one.
          </Text>
          <SelfTest />
        </>
      )}
    </Empty>
  )
}

function Several({ shown, found }: Outcome) {
  return (
    <Stack gap="xs">
      <Text size="sm">
        {found.length} of your customers carry <Code>{shown}</Code>
        {found.length === 100 && ', or more: no more are shown'}.
      </Text>
      <Rows
        caption="Customers that were found"
        rows={found}
        keyOf={({ id }) => id}
        columns={[
          { name: 'Customer', show: ({ id }) => <ThingLink kind="customer" id={id} /> },
          {
            name: 'Segments',
            show: ({ segments }) => (
              <Group gap={4}>
                {[...new Set(segments.map(({ name }) => name))].map((name) => (
                  <Word key={name}>{name}</Word>
                ))}
              </Group>
            ),
          },
          { name: 'First reported', show: (each) => <When date={each.created_date} /> },
        ]}
      />
    </Stack>
  )
}
