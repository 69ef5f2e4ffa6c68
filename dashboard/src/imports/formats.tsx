import { Accordion, Button, Code, List, Text } from '@mantine/core'
import { memo } from 'react'
import { CodeBlock } from '../parts/code-block.tsx'
import { Rows } from '../parts/rows.tsx'
import { offerFile } from '../parts/offer-file.ts'

export interface FormatsProps {
  isMerchant: boolean
}

interface Known {
  column: string
  holds: string
}

const EVERYBODYS: Known[] = [
  {
    column: 'user_id',
    holds: 'Your own stable id of the customer. The one column that has to be there.',
  },
  {
    column: 'email',
    holds: 'The e-mail address. It is hashed in this browser; only the hash is sent.',
  },
  {
    column: 'email_sha256',
    holds: 'Or the hash, if you have it: SHA-256 of the trimmed, lower-cased address.',
  },
  { column: 'advertising_id', holds: 'IDFA or Android advertising id.' },
]

const MERCHANTS: Known[] = [
  { column: 'first_purchase_date', holds: 'When the customer bought first, such as 2026-03-01.' },
  { column: 'last_purchase_date', holds: 'When the customer bought last.' },
]

const templates = {
  publisher: 'user_id,email,advertising_id\ncustomer-1,jane@shop.example,\n',
  merchant:
    'user_id,email,advertising_id,first_purchase_date,last_purchase_date\n' +
    'customer-1,jane@shop.example,,2024-11-29,2026-03-01\n',
}

/** Which files are read, with a template and the command that does the same. */
export const Formats = memo(function Formats({ isMerchant }: FormatsProps) {
  const template = isMerchant ? templates.merchant : templates.publisher
  return (
    <Accordion variant="contained" order={2}>
      <Accordion.Item value="formats">
        <Accordion.Control>Which files can be read</Accordion.Control>
        <Accordion.Panel>
          <Rows
            caption="Columns of a file"
            keyOf={({ column }) => column}
            rows={isMerchant ? [...EVERYBODYS, ...MERCHANTS] : EVERYBODYS}
            columns={[
              { name: 'Column', show: ({ column }) => <Code>{column}</Code> },
              { name: 'Holds', show: ({ holds }) => holds },
            ]}
          />
          <List size="sm" mt="sm" spacing={4}>
            <List.Item>
              CSV or text with commas, semicolons, tabs or pipes; UTF-8, UTF-16 or Windows-1252. Of
              a spreadsheet: save it as CSV (UTF-8).
            </List.Item>
            <List.Item>
              Columns by other names are known as well, such as Customer ID, E-Mail-Adresse or idfa,
              as the templates of Meta, Google, TikTok, LinkedIn and Klaviyo and the exports of
              shops have them.
            </List.Item>
            <List.Item>
              Other columns are ignored. Addresses in them are removed before sending.
            </List.Item>
          </List>
          <Button
            mt="sm"
            size="xs"
            variant="default"
            onClick={() => offerFile(new Blob([template], { type: 'text/csv' }), 'customers.csv')}
          >
            Download a template
          </Button>
        </Accordion.Panel>
      </Accordion.Item>
      <Accordion.Item value="command">
        <Accordion.Control>The same from a terminal</Accordion.Control>
        <Accordion.Panel>
          <Text size="sm" mb="xs">
            For files of 2 GiB and more, and for what happens every night. It hashes on your own
            machine, too.
          </Text>
          <CodeBlock label="Command">npx newcomer import customers.csv</CodeBlock>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  )
})
