import { Alert, Group, Skeleton, Stack, Text } from '@mantine/core'
import type { Import } from '@newcomer/client/browser'
import { useParams } from '@tanstack/react-router'
import { useOrganization } from '../api/organization.ts'
import { useMay } from '../api/use-me.ts'
import { Copy } from '../parts/copy.tsx'
import { Failure } from '../parts/failure.tsx'
import { Page } from '../parts/page.tsx'
import { When } from '../parts/when.tsx'
import { GoOn } from './go-on.tsx'
import { State } from './import-list.tsx'
import { Outcome } from './outcome.tsx'
import { Progressing } from './progressing.tsx'
import { Ready } from './ready.tsx'
import { Report } from './report.tsx'
import { sayMode } from './say-import.ts'
import { Sending } from './sending.tsx'
import { Steps, stepOf } from './steps.tsx'
import { useImport } from './use-import.ts'
import type { UseImport } from './use-import.ts'

export function ImportPage() {
  const { id = '' } = useParams({ strict: false })
  // Another import is another page: nothing of the last one stays.
  return <OneImport key={id} id={id} />
}

function OneImport({ id }: { id: string }) {
  const followed = useImport(id)
  const { its, error, retry, isLost } = followed
  return (
    <Page title="Import" about={id} actions={<Copy text={id} label="Copy the id" />}>
      <Stack>
        {error != null && <Failure error={error} of="The import" onRetry={retry} />}
        {isLost && (
          <Alert color="yellow" variant="light" role="status">
            The connection is lost; it is tried again. The import goes on at the server.
          </Alert>
        )}
        {its ? <Known followed={followed} its={its} /> : error == null && <Loading />}
      </Stack>
    </Page>
  )
}

function Loading() {
  return (
    <Stack role="status" aria-label="Loading the import">
      <Skeleton height={24} />
      <Skeleton height={160} />
    </Stack>
  )
}

function Known({ followed, its }: { followed: UseImport; its: Import }) {
  return (
    <>
      <Group gap="sm">
        <State its={its} />
        <Text size="sm">
          {sayMode(its)}
          {its.quiet && ', quiet'} · begun <When date={its.created_date} />
        </Text>
      </Group>
      <Steps at={stepOf(its)} />
      <Body followed={followed} its={its} />
      {its.report && its.state !== 'receiving' && <Report report={its.report} />}
    </>
  )
}

function Body({ followed, its }: { followed: UseImport; its: Import }) {
  const org = useOrganization()
  const mayImport = useMay(org, 'technical')
  const { upload, set } = followed
  switch (its.state) {
    case 'receiving':
      if (upload) return <Sending its={its} upload={upload} onChange={set} />
      return <GoOn its={its} mayImport={mayImport} onChange={set} />
    case 'ready':
      return <Ready its={its} mayImport={mayImport} onChange={set} />
    case 'checking':
    case 'waiting':
    case 'running':
    case 'undoing':
      return <Progressing its={its} mayImport={mayImport} onChange={set} />
    case 'refused':
      return (
        <Alert
          color="red"
          variant="light"
          title="Nothing of this file can be imported"
          role="alert"
        >
          <Text size="sm">{its.error?.message ?? 'The file could not be read.'}</Text>
        </Alert>
      )
    case 'finished':
    case 'cancelled':
    case 'undone':
      return <Outcome its={its} mayImport={mayImport} onChange={set} />
  }
}
