import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { describeFailure } from './failure.tsx'
import { withStepUp } from './step-up.tsx'

/** Does one thing at a time, asks who it is where that is needed, and says what failed. */
export function useAct() {
  const [isBusy, setBusy] = useState(false)
  async function act<T>(action: () => Promise<T>, done?: string): Promise<T | undefined> {
    setBusy(true)
    try {
      const result = await withStepUp(action)
      if (done !== undefined) notifications.show({ message: done, color: 'teal' })
      return result
    } catch (error) {
      const { message, requestId } = describeFailure(error)
      const title = requestId === undefined ? 'That did not work' : `Failed: ${requestId}`
      notifications.show({ title, message, color: 'red', autoClose: 10_000 })
      return undefined
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, act }
}
