import { Button } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'

export interface GoButtonProps {
  label: string
  /** From `/dashboard` on. */
  href: string
}

/** A link to an address that data gave, so that the router does not know it by its type; it looks like a button. */
export function GoButton({ label, href }: GoButtonProps) {
  const router = useRouter()
  return (
    <Button
      size="xs"
      variant="default"
      component="a"
      href={href}
      onClick={(event: React.MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        router.history.push(href)
      }}
    >
      {label}
    </Button>
  )
}
