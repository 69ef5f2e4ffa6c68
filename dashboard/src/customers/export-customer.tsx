import { Button } from '@mantine/core'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { offerFile } from '../parts/offer-file.ts'
import { useAct } from '../parts/use-act.ts'

/** Saves all that is held of a customer as a file, once it was shown who it is that asks. */
export function ExportButton({ id }: { id: string }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const mayExport = useMay(useOrganization(), 'customers')
  if (!mayExport) return null
  const save = () =>
    act(async () => {
      const all = await client.customers.export(id)
      const content = new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' })
      offerFile(content, 'customer.json')
    }, 'All that is held of the customer is saved.')
  return (
    <Button size="compact-sm" variant="default" loading={isBusy} onClick={() => void save()}>
      Export
    </Button>
  )
}
