import { Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { toCanonicalJson } from './canonical.ts'
import { Copy } from './copy.tsx'
import { sayInstant } from './date.ts'
import { hashText } from './hash-text.ts'
import { Qr } from './qr.tsx'

/** Buttons beside the title of a proof: on paper, and where it is found for ever. */
export function ProofActions({ id }: { id: string }) {
  return (
    <>
      <Copy text={addressOf(id)} label="Copy the link" />
      <Button size="compact-sm" variant="default" onClick={() => print()}>
        Print
      </Button>
    </>
  )
}

const addressOf = (id: string): string =>
  `${location.origin}/dashboard/go/${encodeURIComponent(id)}`

/** A part of a proof: its heading and its sentences, or what else is in it. */
export function ProofPart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      {children}
    </Card>
  )
}

/** Whole sentences, one below the other. */
export function Sentences({ sentences }: { sentences: readonly ReactNode[] }) {
  return (
    <Stack gap={4}>
      {sentences.map((sentence, index) => (
        // Sentences of one proof never change their places.
        <Text key={index} size="sm" className="breaks">
          {sentence}
        </Text>
      ))}
    </Stack>
  )
}

export interface ProofFootProps {
  /** Of what the page is about. */
  id: string
  /** When it was read, in milliseconds. */
  asOf: number
  /**
   * What the proof rests on, as far as whoever it is shown to is told the same; undefined while that is read.
   */
  facts: object | undefined
  /** The proof's, where another page proves the same. */
  number?: string
}

/** Where this is found, how old what is printed is, and what another copy of it is told by. */
export function ProofFoot({ id, asOf, facts, number = id }: ProofFootProps) {
  return (
    <Group component="footer" align="flex-start" wrap="nowrap" aria-label="About this proof">
      <div className="print-only">
        <Qr text={addressOf(id)} label="The address of this page" />
      </div>
      <Stack gap={4}>
        <Text size="xs" c="dimmed" className="breaks">
          Proof <Code>{number}</Code>, digest{' '}
          <Code>{facts === undefined ? '…' : shortDigestOf(facts)}</Code>. A copy with the same
          number and the same digest, also the other side’s, says the same of what both are told.
        </Text>
        <Text size="xs" c="dimmed" className="breaks">
          As of {sayInstant(new Date(asOf).toISOString())}. Its address for life:{' '}
          <Code>{addressOf(id)}</Code>
        </Text>
      </Stack>
    </Group>
  )
}

// 64 bits: nobody comes upon two proofs of one order with the same by chance.
const SHOWN = 16

/** "b4c9 5514 0c1d 77e2": the beginning of the SHA-256 of the facts' canonical JSON. */
function shortDigestOf(facts: object): string {
  const digest = hashText(toCanonicalJson(facts)).slice(0, SHOWN)
  return (digest.match(/.{4}/g) ?? []).join(' ')
}
