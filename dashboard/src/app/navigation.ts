/** What the sidebar has, per role. A page is here when it is built. */
export interface Place {
  label: string
  to: '/o/$org'
}

export const PLACES: Place[] = [{ label: 'Home', to: '/o/$org' }]
