import fc from 'fast-check'
import { expect, test } from 'vitest'

import { listEmailForms } from '../src/customer-file/email-forms.ts'
import { countEmails, hashEmail, hashEmailColumn, hashEmailForms } from '../src/index.ts'

test.each([
  ['first.last+shop@gmail.com', 'firstlast@gmail.com'],
  ['First.Last@GoogleMail.com', 'firstlast@gmail.com'],
  ['user@googlemail.com', 'user@gmail.com'],
  ['first.last+shop@outlook.com', 'first.last@outlook.com'],
  ['user+a+b@proton.me', 'user@proton.me'],
])('%s is hashed as it is, and as %s', (email, second) => {
  expect(hashEmailForms(email)).toEqual([hashEmail(email), hashEmail(second)])
})

test.each([
  'user@gmail.com',
  'first.last@outlook.com',
  'first.last+shop@example.com',
  'first.last@gmail.com.example',
  '+shop@gmail.com',
])('%s has one form', (email) => {
  expect(hashEmailForms(email)).toEqual([hashEmail(email)])
})

test('the second form has no other, and what is refused of one is refused of both', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z.+]{0,12}[a-z]$/), (local) => {
      const [, second] = listEmailForms(`${local}@gmail.com`)
      if (second !== undefined) expect(listEmailForms(second)).toEqual([second])
    }),
  )
  expect(() => hashEmailForms('a@gmail.com,b@gmail.com')).toThrow(TypeError)
})

test('a file has both in one cell where that is asked for, and one where it is not', async () => {
  const csv = 'id,email\n1,a.b@gmail.com\n2,a.b@example.com\n'
  const read = async (secondForms?: boolean) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of hashEmailColumn(csv, { secondForms })) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }
  const [first, second, other] = ['a.b@gmail.com', 'ab@gmail.com', 'a.b@example.com'].map(hashEmail)
  expect(await read()).toBe(`id,email_sha256\n1,${first}\n2,${other}\n`)
  expect(await read(true)).toBe(`id,email_sha256\n1,${first}|${second}\n2,${other}\n`)
  expect((await countEmails(csv)).hashed).toBe(2)
})
