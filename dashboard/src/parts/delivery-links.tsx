import { Anchor, List } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMayRead } from '../api/use-me.ts'

export interface DeliveryLinksProps {
  about: 'customer' | 'transaction'
  id: string
}

/** To what each webhook was told of a customer or a transaction. */
export function DeliveryLinks({ about, id }: DeliveryLinksProps) {
  const org = useOrganization()
  const client = useClient()
  const { data: webhooks = [] } = useQuery({
    queryKey: ['webhooks', org],
    queryFn: async () => (await client.webhooks.list({ page_size: 500 })).objects,
    enabled: useMayRead(org, 'technical'),
  })
  if (webhooks.length === 0) return null
  return (
    <List size="sm" className="no-print" aria-label="What was sent of it">
      {webhooks.map(({ id: webhook, description, url }) => (
        <List.Item key={webhook} className="breaks">
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link
                to="/o/$org/webhooks/$webhook"
                params={{ org, webhook }}
                search={{ tab: 'deliveries' as const, [about]: id }}
                {...props}
              />
            )}
          >
            Deliveries to {description ?? url} about this {about}
          </Anchor>
        </List.Item>
      ))}
    </List>
  )
}
