import { VisuallyHidden } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'

const EVERY_MS = 5_000

/** Says to a screen reader what changes all the time, at most every five seconds. */
export function Spoken({ text }: { text: string }) {
  const [spoken, setSpoken] = useState(text)
  const latest = useRef(text)
  useEffect(() => {
    latest.current = text
  }, [text])
  useEffect(() => {
    const timer = setInterval(() => setSpoken(latest.current), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return <VisuallyHidden role="status">{spoken}</VisuallyHidden>
}
