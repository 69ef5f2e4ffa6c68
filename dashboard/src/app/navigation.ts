/** What the sidebar has, per role. A page is here when it is built. */
export interface Place {
  label: string
  to: '/o/$org' | '/o/$org/imports' | '/o/$org/webhooks' | '/o/$org/events'
}

export const PLACES: Place[] = [
  { label: 'Home', to: '/o/$org' },
  { label: 'Imports', to: '/o/$org/imports' },
  { label: 'Webhooks', to: '/o/$org/webhooks' },
  { label: 'Events', to: '/o/$org/events' },
]
