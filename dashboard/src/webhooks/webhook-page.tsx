import { Anchor, Button, Skeleton, Tabs, Text } from '@mantine/core'
import type { Endpoint } from '@newcomer/client/browser'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useClient, useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { useAct } from '../parts/use-act.ts'
import { DeliveriesTab } from './deliveries-tab.tsx'
import { OverviewTab } from './overview-tab.tsx'
import { ReplaysTab } from './replays-tab.tsx'
import { TABS } from './search.ts'
import type { Tab } from './search.ts'
import { SettingsTab } from './settings-tab.tsx'
import { TestTab } from './test-tab.tsx'
import { forgetWebhooks, useWebhook } from './use-webhooks.ts'
import { originOf } from './words.ts'

const LABELS: Record<Tab, string> = {
  overview: 'Overview',
  deliveries: 'Deliveries',
  replays: 'Replays',
  test: 'Test',
  settings: 'Settings',
}

/** One webhook: to configure it, and to find out why its receiver does not take what it should. */
export function WebhookPage() {
  const org = useOrganization()
  const { webhook: id = '' } = useParams({ strict: false })
  const { tab = 'overview' } = useSearch({ strict: false })
  const navigate = useNavigate()
  const mayChange = useMay(org, 'technical')
  const { data: webhook, error, refetch } = useWebhook(id)
  const shown = TABS.filter((each) => mayChange || each === 'overview' || each === 'deliveries')
  return (
    <Page
      title={webhook ? (webhook.description ?? originOf(webhook.url)) : 'Webhook'}
      about={
        <Anchor
          underline="always"
          renderRoot={(props) => <Link to="/o/$org/webhooks" params={{ org }} {...props} />}
        >
          All webhooks
        </Anchor>
      }
      actions={webhook && mayChange && <PauseButton webhook={webhook} />}
    >
      {error !== null && <Failure error={error} of="The webhook" onRetry={() => void refetch()} />}
      {!webhook && error === null && <Skeleton h={200} role="status" aria-label="Loading" />}
      {webhook && (
        <Tabs
          value={shown.includes(tab) ? tab : 'overview'}
          keepMounted={false}
          onChange={(next) =>
            void navigate({
              to: '/o/$org/webhooks/$webhook',
              params: { org, webhook: id },
              search: { tab: (next ?? 'overview') as Tab },
            })
          }
        >
          <Tabs.List mb="md">
            {shown.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {LABELS[each]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="overview">
            <OverviewTab webhook={webhook} />
          </Tabs.Panel>
          <Tabs.Panel value="deliveries">
            <DeliveriesTab webhook={webhook} />
          </Tabs.Panel>
          <Tabs.Panel value="replays">
            <ReplaysTab webhook={webhook} />
          </Tabs.Panel>
          <Tabs.Panel value="test">
            <TestTab webhook={webhook} />
          </Tabs.Panel>
          <Tabs.Panel value="settings">
            <SettingsTab webhook={webhook} />
          </Tabs.Panel>
        </Tabs>
      )}
      {webhook?.status === 'paused' && (
        <Text size="sm" mt="md">
          While it is paused its events are collected, for as long as events are kept; they go out
          in order when it is resumed.
        </Text>
      )}
    </Page>
  )
}

function PauseButton({ webhook }: { webhook: Endpoint }) {
  const client = useClient()
  const { isBusy, act } = useAct()
  const isPaused = webhook.status === 'paused'
  const change = () =>
    act(
      async () => {
        await (isPaused ? client.webhooks.resume(webhook.id) : client.webhooks.pause(webhook.id))
        await forgetWebhooks()
      },
      isPaused ? 'It sends again; what was collected goes out in order.' : 'It is paused.',
    )
  return (
    <Button
      variant={isPaused ? 'filled' : 'default'}
      loading={isBusy}
      onClick={() => void change()}
    >
      {isPaused ? 'Resume' : 'Pause'}
    </Button>
  )
}
