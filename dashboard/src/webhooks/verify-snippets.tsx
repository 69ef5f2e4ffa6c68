import { Stack, Tabs, Text } from '@mantine/core'
import { CodeBlock } from '../parts/code-block.tsx'

const NODE = `import { verifyWebhook } from '@newcomer/client'

// The body as it came, before any parsing.
const event = verifyWebhook({ body: rawBody, headers: request.headers, secret: process.env.NEWCOMER_WEBHOOK_SECRET })
response.writeHead(204).end() // Within 10 seconds; work on it afterwards.`

const PYTHON = `import base64, hashlib, hmac, time

def is_genuine(secret: str, headers, body: bytes) -> bool:
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [each.removeprefix("v1,") for each in headers["webhook-signature"].split(" ")]
    return any(hmac.compare_digest(right, each) for each in given)`

const BUTTON = `const expected = crypto.createHmac('sha256', secret).update(rawBody).digest('hex')
const isGenuine = crypto.timingSafeEqual(Buffer.from(expected), Buffer.from(headers['x-button-signature']))`

/** How a receiver tells that a request is ours. */
export function VerifySnippets() {
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        Check each request with it
      </Text>
      <Tabs defaultValue="node">
        <Tabs.List>
          <Tabs.Tab value="node">Node</Tabs.Tab>
          <Tabs.Tab value="python">Python</Tabs.Tab>
          <Tabs.Tab value="button">X-Button-Signature</Tabs.Tab>
        </Tabs.List>
        {[
          ['node', NODE],
          ['python', PYTHON],
          ['button', BUTTON],
        ].map(([name = '', text]) => (
          <Tabs.Panel key={name} value={name} pt="xs">
            <CodeBlock label={`Example: ${name}`}>{text}</CodeBlock>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}
