import { afterAll, afterEach, expect } from 'vitest'
import { forgetMadeUp, takeDifferences } from './described-answers.ts'

// A setup file, which runs again for each file of tests, where what it imports may stay from the one before.
const check = (): void => {
  expect(takeDifferences(), 'answers differ from openapi.json').toEqual([])
}
afterEach(check)
afterAll(() => {
  forgetMadeUp()
  check()
})
