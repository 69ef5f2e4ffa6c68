import { List, Text } from '@mantine/core'
import type { MatchReport, MatchedFile } from '@newcomer/client/browser'
import { Chart } from '../parts/chart.tsx'
import { sayInstant } from '../parts/date.ts'
import { Empty } from '../parts/empty.tsx'
import { ThingLink } from '../parts/thing-link.tsx'
import { Funnel } from './funnel.tsx'
import type { FunnelStep } from './funnel.tsx'
import { FunnelTable } from './funnel-table.tsx'
import { sayCount, sayShare } from '../parts/say-counts.ts'

/** From the rows of the last file to those whose identifiers can be matched, beside the file before. */
export function FileFunnel({ report }: { report: MatchReport }) {
  const [last, before] = report.files
  if (!last) {
    return (
      <Empty title="No file was imported yet.">
        <Text size="sm">Its rows stand here then, and what became of them.</Text>
      </Empty>
    )
  }
  const steps = listSteps(last, before, report)
  return (
    <Chart
      title="Your last file"
      sentence={`Of ${sayCount(last.rows)} rows ${sayCount(last.readable)} could be read, and ${sayCount(last.hashed)} (${sayShare(last.hashed, last.rows)}) have identifiers that can be matched.`}
      table={() => <FunnelTable caption="Your last file" steps={steps} />}
      plot={() => <Funnel steps={steps} floor={report.floor} />}
    >
      {last.losses.length > 0 && (
        <List size="sm" aria-label="What cost rows">
          {last.losses.map(({ code, count, message, advice }) => (
            <List.Item key={code} className="breaks">
              {sayCount(count)}: {message} {advice}
            </List.Item>
          ))}
        </List>
      )}
      <Text size="sm" mt="xs">
        The file of {sayInstant(last.ended_date)}: <ThingLink kind="import" id={last.id} />
        {before && (
          <>
            ; the one before, of {sayInstant(before.ended_date)}:{' '}
            <ThingLink kind="import" id={before.id} />
          </>
        )}
      </Text>
    </Chart>
  )
}

function listSteps(
  last: MatchedFile,
  before: MatchedFile | undefined,
  { hints }: MatchReport,
): FunnelStep[] {
  return [
    { name: 'Rows', count: last.rows, before: before?.rows },
    {
      ...{ name: 'Readable', count: last.readable, of: 'Rows', before: before?.readable },
      ...(hints.includes('mend-rows') && {
        hint: 'Raise it: mend the rows that could not be read. Below it says why, and the import has them as a file.',
      }),
    },
    {
      ...{ name: 'Hashed right', count: last.hashed, of: 'Readable', before: before?.hashed },
      ...(hints.includes('mend-identifiers') && {
        hint: 'Raise it: make the hashes anew, of addresses in lower case without spaces. Below it says what is wrong with them.',
      }),
    },
  ]
}
