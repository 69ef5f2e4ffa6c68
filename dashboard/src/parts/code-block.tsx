import { Code } from '@mantine/core'
import type { CodeProps } from '@mantine/core'
import type { ReactNode } from 'react'

export interface CodeBlockProps extends CodeProps {
  /** What it is, for who can't see it. */
  label: string
  children: ReactNode
}

/** Lines of code. What is wider than the page is reached by the keyboard too. */
export function CodeBlock({ label, ...props }: CodeBlockProps) {
  return <Code block tabIndex={0} role="region" aria-label={label} {...props} />
}
