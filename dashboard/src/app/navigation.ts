/** What the sidebar has, per role. A page is here when it is built. */
export interface Place {
  label: string
  to: '/o/$org' | '/o/$org/imports'
}

export const PLACES: Place[] = [
  { label: 'Home', to: '/o/$org' },
  { label: 'Imports', to: '/o/$org/imports' },
]
