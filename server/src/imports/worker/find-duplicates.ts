import { randomFillSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { HOLDERS_LIMIT, SHARED_LIMIT } from '../../customers/identity.ts'
import type { Finding } from '../csv/finding.ts'
import type { Row } from '../csv/row.ts'
import { createSpill } from './external-sort.ts'
import type { TakeRecord } from './external-sort.ts'

/** Finds what no row shows by itself: that others have the same id, or carry the same identifier. */
export interface DuplicateFinder {
  /** Rows in file order. */
  add(row: Row): void
  /** Ends it: what was found, and the ids that occur more than once. Removes what it spilled. */
  finish(): Duplicates
  /** Gives up: removes what it spilled. */
  discard(): void
}

export interface Duplicates {
  findings: Finding[]
  repeats: Repeats
}

export interface Repeats {
  /**
   * Whether the id occurs on more than one row of the file. At the very worst it errs for one id
   * in 2^35, and then by saying yes.
   */
  has(id: string): boolean
  /** Distinct repeated ids. */
  count: number
  /** False when there were too many to remember all: then `has` answers false for some. */
  isComplete: boolean
}

export interface DuplicateFinderOptions {
  /** Of the temporary file, 24 bytes an id and an identifier; the system's by default. */
  folder?: string
  /** Ids and identifiers that are held in memory before anything is written, at 32 bytes each. */
  capacity?: number
}

/** 200,000 rows of two identifiers; 19 MB. */
const CAPACITY = 600_000
/** Repeated ids that are remembered; some 8 MB. */
const REMEMBERED = 200_000
/** As in every finding. */
const LINES_TOLD = 5

const [ID, EMAIL, ADVERTISING_ID, FIRST_PURCHASE, LAST_PURCHASE] = [0, 1, 2, 3, 4]
const KINDS = 5

export function createDuplicateFinder(options: DuplicateFinderOptions = {}): DuplicateFinder {
  const { folder = tmpdir(), capacity = CAPACITY } = options
  const fingerprint = createFingerprint()
  const spill = createSpill({ folder, capacity })
  const id = new Int32Array(2)
  const part = new Int32Array(2)
  const content = new Int32Array(2)

  /** A sum: in which order a row has its e-mail hashes makes no difference to what it says. */
  function addToContent(kind: number, text: string): void {
    fingerprint(kind, text, part)
    content[0] = (content[0] as number) + (part[0] as number)
    content[1] = (content[1] as number) + (part[1] as number)
  }
  function addIdentifier(kind: number, text: string, line: number): void {
    addToContent(kind, text)
    // The key's sign tells identifiers from ids, so that both go through one spill.
    const keyHigh = (part[0] as number) | 0x80000000
    spill.add(keyHigh, part[1] as number, id[0] as number, id[1] as number, line)
  }
  return {
    add(row) {
      fingerprint(ID, row.id, id)
      content.fill(0)
      for (const email of row.emails) addIdentifier(EMAIL, email, row.line)
      for (const text of row.advertising_ids) addIdentifier(ADVERTISING_ID, text, row.line)
      if (row.first_purchase_date !== null) addToContent(FIRST_PURCHASE, row.first_purchase_date)
      if (row.last_purchase_date !== null) addToContent(LAST_PURCHASE, row.last_purchase_date)
      const keyHigh = (id[0] as number) & 0x7fffffff
      spill.add(keyHigh, id[1] as number, content[0] as number, content[1] as number, row.line)
    },
    finish() {
      const memory = createIdMemory(fingerprint)
      const ids = groupRows(memory.remember)
      const identifiers = groupHolders()
      spill.drain((keyHigh, keyLow, news, line) => {
        const groups = keyHigh < 0 ? identifiers : ids
        groups.take(keyHigh, keyLow, news, line)
      })
      const findings = [...ids.listFindings(), ...identifiers.listFindings()]
      return { findings: findings.filter(({ count }) => count > 0), repeats: memory.recall() }
    },
    discard: spill.discard,
  }
}

type Fingerprint = (kind: number, text: string, into: Int32Array) => void

/**
 * 64 bits that stand for a text: HalfSipHash-1-3 with random keys of this finder. So whoever could
 * read the file learns nothing from it, not even whether a guess is right. The small sibling of
 * SipHash is enough: the file has no name and lives for minutes, the keys never leave this memory,
 * and the worst that a forged collision does is a wrong count.
 */
function createFingerprint(): Fingerprint {
  const keys = randomFillSync(new Int32Array(2 * KINDS))
  let words = new Int32Array(256)
  let bytes = Buffer.from(words.buffer)
  return (kind, text, into) => {
    // UTF-8 has at most three bytes for a unit; the last word is filled up with zeros.
    if (3 * text.length + 4 > bytes.length) {
      words = new Int32Array(text.length + 1)
      bytes = Buffer.from(words.buffer)
    }
    const length = bytes.write(text)
    for (let at = length; at < length + 4; at++) bytes[at] = 0
    const whole = length >> 2
    words[whole] = (words[whole] as number) | (length << 24)

    let v0 = keys[2 * kind] as number
    let v1 = keys[2 * kind + 1] as number
    let v2 = v0 ^ 0x6c796765
    let v3 = v1 ^ 0x74656462
    v1 ^= 0xee
    // The text and its length, then three rounds for each half of the result.
    for (let round = 0; round < whole + 7; round++) {
      const word = round <= whole ? (words[round] as number) : 0
      if (round === whole + 1) v2 ^= 0xee
      else if (round === whole + 4) {
        into[0] = v1 ^ v3
        v1 ^= 0xdd
      }
      v3 ^= word
      v0 = (v0 + v1) | 0
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
      v0 = (v0 << 16) | (v0 >>> 16)
      v2 = (v2 + v3) | 0
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
      v0 = (v0 + v3) | 0
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
      v2 = (v2 + v1) | 0
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
      v2 = (v2 << 16) | (v2 >>> 16)
      v0 ^= word
    }
    into[1] = v1 ^ v3
  }
}

/** Repeated ids. Apart from the finder, which would else be in memory for as long as they are. */
function createIdMemory(fingerprint: Fingerprint) {
  const remembered = new Set<number>()
  const print = new Int32Array(2)
  let count = 0
  /** 53 of the bits: what a number holds exactly. */
  function toNumber(high: number, low: number): number {
    return (high & 0x7fffffff) * 2 ** 22 + (low >>> 10)
  }
  return {
    remember(high: number, low: number): void {
      count++
      if (count <= REMEMBERED) remembered.add(toNumber(high, low))
    },
    recall: (): Repeats => ({
      has(id) {
        if (count === 0) return false
        fingerprint(ID, id, print)
        return remembered.has(toNumber(print[0] as number, print[1] as number))
      },
      count,
      isComplete: count <= REMEMBERED,
    }),
  }
}

/** What the records of a spill tell, as they come. However many have one key, it stays small. */
interface Groups {
  take: TakeRecord
  listFindings(): Finding[]
}

/** Of the records whose key is an id, and whose value the content of its row. */
function groupRows(remember: (high: number, low: number) => void): Groups {
  const duplicates = createTally()
  const additions = createTally()
  let rows = 0
  let first = 0
  return {
    take(keyHigh, keyLow, news, line) {
      rows = news === 'key' ? 1 : rows + 1
      if (rows === 2) remember(keyHigh, keyLow)
      if (news === 'key') first = line
      else if (news === 'line') duplicates.add([line])
      else {
        // The contents of an id come in no order; all but the earliest were added to it.
        additions.add([Math.max(first, line)])
        first = Math.min(first, line)
      }
    },
    listFindings: () => [
      {
        code: 'duplicate-row',
        severity: 'note',
        ...duplicates.read(),
        message: 'Rows say once more what an earlier row says: the same id with the same content.',
        advice: 'Nothing to do: saying it again changes nothing.',
      },
      {
        code: 'repeated-id',
        severity: 'note',
        ...additions.read(),
        message:
          'Rows have the id of an earlier row with other content; ' +
          'the rows of an id are joined into one customer.',
        advice:
          'This is right for a customer with several e-mail addresses, one a row. ' +
          'If they are different people, give each an id of its own.',
      },
    ],
  }
}

/** Of the records whose key is an identifier, and whose value an id that carries it. */
function groupHolders(): Groups {
  const shared = createTally()
  const overShared = createTally()
  const lines = createFirstLines()
  let holders = 0

  function close(): void {
    if (holders > SHARED_LIMIT) overShared.add(lines.list)
    else if (holders > 1) shared.add(lines.list)
    holders = 0
    lines.list.length = 0
  }
  return {
    take(_keyHigh, _keyLow, news, line) {
      if (news === 'key') close()
      if (news !== 'line') holders++
      lines.offer(line)
    },
    listFindings() {
      close()
      return [
        {
          code: 'shared-hash',
          severity: 'warning',
          ...shared.read(),
          message:
            'E-mail hashes or advertising ids are on two or more different ids; ' +
            'these are told apart as customers, but match as one person.',
          advice:
            'This is right for a person with several accounts. If they are different people, ' +
            "leave out what is not their own, such as a shop's address or a shared till.",
        },
        {
          code: 'over-shared',
          severity: 'warning',
          ...overShared.read(),
          message:
            `E-mail hashes or advertising ids are on more than ${SHARED_LIMIT} different ids; ` +
            'such a one stands for nobody and matches nobody, and once ' +
            `${HOLDERS_LIMIT.toLocaleString('en')} customers have it, further rows with it are rejected.`,
          advice: 'Leave out what stands in for a missing value or belongs to no one person.',
        },
      ]
    },
  }
}

/** Counts, and keeps the first of the lines that are concerned. */
function createTally() {
  const first = createFirstLines()
  let count = 0
  return {
    add(lines: number[]): void {
      count++
      for (const line of lines) first.offer(line)
    },
    read: (): Pick<Finding, 'count' | 'lines'> => ({ count, lines: first.list }),
  }
}

/** In file order, each once. */
function createFirstLines() {
  const list: number[] = []
  return {
    list,
    offer(line: number): void {
      if (list.length === LINES_TOLD && line >= (list.at(-1) as number)) return
      if (list.includes(line)) return
      list.push(line)
      list.sort((left, right) => left - right)
      if (list.length > LINES_TOLD) list.pop()
    },
  }
}
