import { JUNK_HASHES } from '../../customers/identifier.ts'
import type { FindingCode } from './finding-catalog.ts'
import {
  againOf,
  hashOf,
  listMistakes,
} from '../../../../client/src/customer-file/hash-mistakes.ts'
import { DIGESTS } from './digests.ts'

// A hash can't be turned back, so how a file was hashed shows only in rows whose address everybody
// knows: those that testers leave behind in every shop's database.
const EXAMPLES = [
  ...['user', 'test', 'info', 'admin', 'someone', 'email', 'me', 'name', 'hello', 'support'],
  ...['john', 'jane', 'john.doe', 'jane.doe', 'johndoe', 'janedoe', 'customer', 'example', 'foo'],
  ...['a', 'b', 'abc', 'alice', 'bob', 'user1', 'user2', 'test1', 'test2', 'noreply', 'no-reply'],
].map((name) => `${name}@example.com`)
const MORE_EXAMPLES = [
  ...[
    'test@example.org',
    'user@example.org',
    'info@example.org',
    'test@test.com',
    'admin@test.com',
  ],
  ...['foo@bar.com', 'foo@example.net', 'test@gmail.com', 'test@test.de', 'test@test.test'],
  ...['a@b.com', 'a@a.com', 'asdf@asdf.com', 'test@mail.com', 'example@gmail.com', 'me@me.com'],
  ...['email@email.com', 'name@domain.com', 'user@domain.com', 'user@test.com', 'abc@abc.com'],
]

/** What went wrong with a hash that everybody knows, by the hash. */
export const WRONG_HASHES: ReadonlyMap<string, FindingCode> = new Map([
  ...[...EXAMPLES, ...MORE_EXAMPLES].flatMap((address) => listMistakes(address, DIGESTS)),
  ...[...JUNK_HASHES.keys()].flatMap((hash): [string, FindingCode][] =>
    hashTwice(hash).map((again) => [again, 'hashed-twice']),
  ),
  ...[...JUNK_HASHES].map(([hash, name]): [string, FindingCode] => [
    hash,
    name.startsWith('the placeholder') ? 'hash-of-placeholder' : 'hash-of-nothing',
  ]),
])

function hashTwice(hash: string): string[] {
  return againOf(hash).map((each) => hashOf(each, DIGESTS))
}
