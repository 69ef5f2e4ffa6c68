import { Badge, Code, Stack, Text, Title } from '@mantine/core'
import type { ImportFinding, ImportReport } from '@newcomer/client/browser'
import { Rows } from '../parts/rows.tsx'
import { sayForm } from './head-table.tsx'
import { sayCount } from './say-numbers.ts'

const SEVERITIES: ImportFinding['severity'][] = ['rejected', 'warning', 'mended', 'note']
const COLORS = { rejected: 'red', warning: 'yellow', mended: 'teal', note: 'gray' }

/** What the server found in the file, worst first. It holds no value of it. */
export function Report({ report }: { report: ImportReport }) {
  const findings = report.findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.count - a.count,
  )
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        What was found in the file
      </Title>
      <Text size="sm" c="dimmed">
        {sayForm(report)}
      </Text>
      {findings.length === 0 ? (
        <Text size="sm">Nothing to remark on.</Text>
      ) : (
        <Rows
          caption="Findings"
          rows={findings}
          keyOf={({ code }) => code}
          columns={[
            { name: 'Kind', show: ({ severity }) => <Severity severity={severity} /> },
            { name: 'How many', show: ({ count }) => sayCount(count) },
            { name: 'Finding, and what to do', show: (finding) => <Finding finding={finding} /> },
            { name: 'Lines', show: sayLines },
          ]}
        />
      )}
      <Title order={3} size="h5">
        Columns
      </Title>
      <Rows
        caption="Columns of the file"
        rows={report.columns.map((column, index) => ({ ...column, index }))}
        keyOf={({ index }) => String(index)}
        columns={[
          { name: 'Column', show: ({ name }) => (name === '' ? '(no name)' : name) },
          {
            name: 'Read as',
            show: ({ means }) => (means === null ? 'ignored' : <Code>{means}</Code>),
          },
        ]}
      />
    </Stack>
  )
}

function Severity({ severity }: Pick<ImportFinding, 'severity'>) {
  return (
    <Badge color={COLORS[severity]} variant="light" tt="none">
      {severity}
    </Badge>
  )
}

function Finding({ finding: { message, advice } }: { finding: ImportFinding }) {
  return (
    <>
      <Text size="sm">{message}</Text>
      <Text size="sm" c="dimmed">
        {advice}
      </Text>
    </>
  )
}

function sayLines({ lines, count }: ImportFinding): string {
  return `${lines.join(', ')}${count > lines.length && lines.length > 0 ? ', …' : ''}`
}
