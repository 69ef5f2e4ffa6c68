/** Which mistake a hash was made with. */
export interface HashCheck {
  /** `mended`: the right hash in another form than ours. */
  outcome: 'right' | 'mended' | 'wrong'
  /** A message is a sentence for people. */
  findings: { code: string; message: string }[]
  /** The hash that the address has. */
  expected: string
  /** The hash of the address without dots and tag before the `@`; null where there are none. */
  second_form: string | null
}
