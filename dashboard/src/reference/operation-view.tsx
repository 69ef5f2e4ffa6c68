import { Badge, Code, Group, Stack, Text, Title } from '@mantine/core'
import { resolve } from '../api/description.ts'
import type { Description, Schema } from '../api/description.ts'
import { CodeBlock } from '../parts/code-block.tsx'
import { Copy } from '../parts/copy.tsx'
import { writeCurl } from '../parts/curl.ts'
import { toClientExample } from './client-calls.ts'
import type { ClientCall } from './client-calls.ts'
import { sayType, toCall } from './operations.ts'
import type { Operation } from './operations.ts'
import { SchemaView } from './schema-view.tsx'

export interface OperationProps {
  description: Description
  clientCalls: ClientCall[]
  operation: Operation
}

/** One operation: its line, and, once it is opened, all that is said of it. */
export function OperationView({
  isOpen,
  onToggle,
  ...props
}: OperationProps & { isOpen: boolean; onToggle: (isOpen: boolean) => void }) {
  const { method, path, summary, operationId } = props.operation
  return (
    <details
      className="operation"
      id={operationId}
      open={isOpen}
      onToggle={(event) => {
        if (event.currentTarget.open !== isOpen) onToggle(event.currentTarget.open)
      }}
    >
      <summary>
        <Badge variant="default" radius="sm">
          {method}
        </Badge>{' '}
        <Text span className="breaks" ff="monospace" size="sm">
          {path}
        </Text>
        <Text size="sm">{summary}</Text>
      </summary>
      {isOpen && <Details {...props} />}
    </details>
  )
}

function Details({ description, clientCalls, operation }: OperationProps) {
  const client = toClientExample(clientCalls, operation, location.origin)
  const [, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
  const [type, answer] =
    Object.entries(resolve(description, operation.responses['200'] ?? {}).content ?? {})[0] ?? []
  return (
    <Stack gap="sm" mt="sm">
      {operation.description !== undefined && <Text size="sm">{operation.description}</Text>}
      <Parameters description={description} operation={operation} />
      {body?.schema && (
        <Part title="Body" schema={body.schema} description={description} example={body.example} />
      )}
      <Example title="By curl" code={writeCurl(toCall(operation), location.origin)} />
      {client !== undefined && <Example title="By our client, in Node" code={client} />}
      {answer?.schema && (
        <Part
          title={type === 'application/json' ? 'Answer' : `Answer, ${type}`}
          schema={answer.schema}
          description={description}
          example={answer.example}
        />
      )}
      <Errors description={description} operation={operation} />
    </Stack>
  )
}

function Example({ title, code }: { title: string; code: string }) {
  return (
    <div>
      <Group justify="space-between">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Copy text={code} />
      </Group>
      <CodeBlock label={title} mah={320}>
        {code}
      </CodeBlock>
    </div>
  )
}

type Described = Pick<OperationProps, 'description' | 'operation'>

function Parameters({ description, operation }: Described) {
  const parameters = (operation.parameters ?? []).map((each) => resolve(description, each))
  if (parameters.length === 0) return null
  return (
    <div>
      <Title order={3} size="h6">
        Parameters
      </Title>
      <ul className="members">
        {parameters.map((each) => (
          <li key={`${each.in} ${each.name}`}>
            <Code>{each.name}</Code>{' '}
            <Text span size="xs" c="dimmed">
              in the {each.in}
              {each.schema ? `, ${sayType(each.schema)}` : ''}
              {each.required === true ? '' : ', may be absent'}
            </Text>
            {each.description !== undefined && <Text size="sm">{each.description}</Text>}
          </li>
        ))}
      </ul>
    </div>
  )
}

function Part({
  title,
  schema,
  description,
  example,
}: {
  title: string
  schema: Schema
  description: Description
  example: unknown
}) {
  return (
    <div>
      <Title order={3} size="h6">
        {title}
      </Title>
      <SchemaView description={description} schema={schema} />
      {example !== undefined && (
        <CodeBlock label={`${title}, an example`} mah={320}>
          {JSON.stringify(example, null, 2)}
        </CodeBlock>
      )}
    </div>
  )
}

function Errors({ description, operation }: Described) {
  const errors = Object.entries(operation.responses).filter(([status]) => status >= '400')
  return (
    <div>
      <Title order={3} size="h6">
        Errors
      </Title>
      <ul className="members">
        {errors.map(([status, answer]) => (
          <li key={status}>
            <Text size="sm">
              <Code>{status}</Code> {resolve(description, answer).description}
            </Text>
          </li>
        ))}
      </ul>
    </div>
  )
}
