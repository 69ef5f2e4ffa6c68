import { Button, Text } from '@mantine/core'
import type { Merchant } from '@newcomer/client/browser'
import { useClient, useOrganization } from '../api/organization.ts'
import { queries } from '../api/queries.ts'
import { useAct } from '../parts/use-act.ts'
import { When } from '../parts/when.tsx'

/** Asks a merchant to work with the publisher, or says why that is not to be done now. */
export function Ask({
  merchant: { id, name, status, ask_again_date: date },
}: {
  merchant: Merchant
}) {
  const org = useOrganization()
  const client = useClient()
  const { isBusy, act } = useAct()
  if (status === 'approved') return '–'
  if (status === 'pending') return <Text size="sm">asked; waits for an answer</Text>
  if (date !== undefined) {
    return (
      <Text size="sm" component="div">
        The answer was no. Ask again <When date={date} />.
      </Text>
    )
  }
  const ask = async () => {
    await client.merchants.ask(id)
    await queries.invalidateQueries({ queryKey: ['merchants', org] })
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isBusy}
      aria-label={`Ask ${name} to work with you`}
      onClick={() => void act(ask, `${name} is asked.`)}
    >
      Ask
    </Button>
  )
}
