import { useState } from 'react'
import { useFaults } from '../parts/use-faults.ts'
import type { WebhookForm } from './webhook-fields.tsx'

/** The form's values, and what the server found wrong with which of them. */
export function useWebhookForm(first: WebhookForm) {
  const [form, setForm] = useState(first)
  return { form, setForm, ...useFaults() }
}
