import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { isIPv4 } from 'node:net'

/**
 * What a name server says of a name: its addresses, that there is no such name, nothing at all, an alias
 * without an address, bytes that are no answer, or an answer that breaks off.
 */
export type NameAnswer = string[] | 'absent' | 'silent' | 'alias' | 'garbage' | 'broken-off'

type Decide = (name: string, kind: string) => NameAnswer

export interface NameServer {
  /** The questions in the order of their arrival, such as `A moving.example`. */
  asked: string[]
  /** Answers these in turn from now on, question by question of a kind, and the last of them for ever. */
  answer(...answers: NameAnswer[]): void
  /** Decides each answer by the name and the kind of address that is asked for. */
  answerBy(decide: Decide): void
  /** Asks this server alone. */
  resolver: Resolver
  close(): Promise<void>
}

const KINDS = new Map([
  [1, 'A'],
  [28, 'AAAA'],
])

/** A name server on UDP of 127.0.0.1 whose answers may be kept for no time at all. */
export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  let decide: Decide = () => 'absent'

  socket.on('message', (question, { port, address }) => {
    const { name, type, end } = readQuestion(question)
    const kind = KINDS.get(type) ?? String(type)
    asked.push(`${kind} ${name}`)
    const answer = decide(name, kind)
    if (answer === 'silent') return
    socket.send(toBytesOf(answer, { question: question.subarray(0, end), type }), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const resolver = new Resolver({ timeout: 200, tries: 1 })
  resolver.setServers([`127.0.0.1:${socket.address().port}`])
  return {
    asked,
    answer(...answers) {
      decide = inTurn(answers)
      asked.length = 0
    },
    answerBy(next) {
      decide = next
    },
    resolver,
    async close() {
      resolver.cancel()
      socket.close()
      await once(socket, 'close')
    },
  }
}

function inTurn(answers: NameAnswer[]): Decide {
  const turns = new Map<string, number>()
  return (_name, kind) => {
    const turn = turns.get(kind) ?? 0
    turns.set(kind, turn + 1)
    return answers[Math.min(turn, answers.length - 1)] ?? 'absent'
  }
}

function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at]!; length > 0; length = message[at]!) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1), end: at + 5 }
}

interface Asked {
  question: Buffer
  type: number
}

function toBytesOf(answer: Exclude<NameAnswer, 'silent'>, { question, type }: Asked): Buffer {
  if (answer === 'garbage') {
    return Buffer.concat([question.subarray(0, 2), Buffer.from('no message of this protocol')])
  }
  if (answer === 'broken-off')
    return toMessage(question, ['192.0.2.1', '2001:db8::1'], type).subarray(0, -3)
  if (answer === 'alias') return toAliasMessage(question)
  return toMessage(question, answer, type)
}

/** One CNAME record, to the name itself. */
function toAliasMessage(question: Buffer): Buffer {
  const record = Buffer.from([0xc0, 0x0c, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 0x0c])
  const message = Buffer.concat([question, record])
  message.writeUInt16BE(0x8180, 2)
  message.writeUInt16BE(1, 6)
  message.writeUInt32BE(0, 8)
  return message
}

/** RFC 1035, section 4: the question again, and a record for each address of its kind. */
function toMessage(question: Buffer, answer: string[] | 'absent', type: number): Buffer {
  const addresses =
    answer === 'absent' ? [] : answer.filter((each) => isIPv4(each) === (type === 1))
  const message = Buffer.concat([question, ...addresses.map((each) => toRecord(each, type))])
  message.writeUInt16BE(answer === 'absent' ? 0x8183 : 0x8180, 2)
  message.writeUInt16BE(addresses.length, 6)
  message.writeUInt32BE(0, 8)
  return message
}

function toRecord(address: string, type: number): Buffer {
  const content = isIPv4(address)
    ? toBytes(address.split('.'), 10, 1)
    : toBytes(groupsOf(address), 16, 2)
  const record = Buffer.alloc(12)
  record.writeUInt16BE(0xc00c, 0) // the name of the question
  record.writeUInt16BE(type, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt32BE(0, 6) // how long it may be kept
  record.writeUInt16BE(content.length, 10)
  return Buffer.concat([record, content])
}

function toBytes(parts: string[], radix: number, size: number): Buffer {
  const bytes = Buffer.alloc(parts.length * size)
  for (const [index, part] of parts.entries()) {
    bytes.writeUIntBE(Number.parseInt(part, radix), index * size, size)
  }
  return bytes
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  const [front = [], back = []] = address.split('::').map((part) => part.split(':').filter(Boolean))
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => '0'), ...back]
}
