import { ActionIcon, Box, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { listMadeCalls } from '../api/made-calls.ts'
import type { MadeCall } from '../api/made-calls.ts'
import { CodeBlock } from './code-block.tsx'
import { Copy } from './copy.tsx'
import { writeCurl } from './curl.ts'

/** Shows the calls that the page has made: the API is learned by using the pages. */
export function MadeCallsButton() {
  const [calls, setCalls] = useState<MadeCall[]>()
  return (
    <>
      <ActionIcon
        variant="default"
        size={36}
        className="no-print"
        aria-label="Calls of this page"
        title="The calls of this page, as curl"
        onClick={() => setCalls(listMadeCalls())}
      >
        <svg
          width="18"
          height="18"
          viewBox="0 0 24 24"
          fill="none"
          stroke="currentColor"
          aria-hidden
        >
          <path strokeWidth="2" d="M7 6l-6 6 6 6M17 6l6 6-6 6M14 4l-4 16" />
        </svg>
      </ActionIcon>
      <Modal
        opened={calls !== undefined}
        onClose={() => setCalls(undefined)}
        title="The calls of this page"
        size="lg"
      >
        <Stack>
          <Text size="sm">
            {calls?.length === 0
              ? 'It has made none: what it shows was read before.'
              : 'What it has asked and done, the latest first, as a program does it with a key.'}
          </Text>
          {calls?.map((call) => (
            <Curl key={`${call.method} ${call.path} ${call.body}`} call={call} />
          ))}
        </Stack>
      </Modal>
    </>
  )
}

function Curl({ call }: { call: MadeCall }) {
  const text = writeCurl(call, location.origin)
  return (
    <Box>
      <Text size="sm" className="breaks">
        {call.method} {call.path}
      </Text>
      <CodeBlock label={`${call.method} ${call.path}`}>{text}</CodeBlock>
      <Box mt={4}>
        <Copy text={text} label="Copy as curl" />
      </Box>
    </Box>
  )
}
