import { expect, test } from 'vitest'
import * as judge from '../../../src/webhooks/receiver-check/judge-answer.ts'
import type { SendResult } from '../../../src/webhooks/transport/send.ts'

const answered = (status: number): SendResult => ({
  ...{ status, error: null, durationMs: 5, retryAfter: null, answer: null },
})
const silent: SendResult = {
  ...{ status: null, error: 'timeout', durationMs: 10_000, retryAfter: null, answer: null },
}

test.each([
  [200, 'passed', 'failed'],
  [204, 'passed', 'failed'],
  [302, 'failed', 'failed'],
  [400, 'failed', 'warning'],
  [401, 'failed', 'passed'],
  [403, 'failed', 'passed'],
  [404, 'failed', 'passed'],
  [410, 'failed', 'warning'],
  [500, 'failed', 'failed'],
])('%i is %s for a right signature, and %s for a wrong one', (status, right, wrong) => {
  expect(judge.judgeRightSignature(answered(status)).outcome).toBe(right)
  expect(judge.judgeWrongSignature(answered(status)).outcome).toBe(wrong)
})

test('no answer is right for nothing', () => {
  const judges = [judge.judgeRightSignature, judge.judgeWrongSignature, judge.judgeRepeat]
  for (const each of [...judges, judge.judgeUnknownType]) {
    expect(each(silent)).toMatchObject({ outcome: 'failed' })
    expect(each(silent).message).toContain('timeout')
  }
  expect(judge.judgeBatch(silent, 2).message).toBe(
    'It did not answer (timeout) to a batch of 2 events.',
  )
})

test('what is not as it should be says by which line it is mended', () => {
  expect(judge.judgeRightSignature(answered(401)).mend).toContain('rawBody')
  expect(judge.judgeRightSignature(answered(500)).mend).toContain('204')
  expect(judge.judgeRightSignature(answered(302))).toMatchObject({ mend: null })
  expect(judge.judgeWrongSignature(answered(200)).mend).toContain('401')
  expect(judge.judgeBatch(answered(413), 50).mend).toContain('limit')
  expect(judge.judgeBatch(answered(500), 1).message).toContain('a batch of 1 event.')
})

test('an answer is slow after three seconds, and where there is none nothing is said of it', () => {
  expect(judge.judgeSpeed(3_000)).toMatchObject({ outcome: 'passed', mend: null })
  expect(judge.judgeSpeed(3_001)).toMatchObject({ outcome: 'warning' })
  expect(judge.judgeSpeed(3_001).mend).toContain('204')
  expect(judge.judgeSpeed(null)).toMatchObject({ outcome: 'skipped', mend: null })
})
