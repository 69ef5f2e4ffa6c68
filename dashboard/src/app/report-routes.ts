import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { parseCommissionSearch, parseSegmentSearch } from '../reports/search.ts'
import { organization } from './root-routes.ts'

/** Pages of what became of customers and money over time. */
export const reports = [
  createRoute({
    getParentRoute: () => organization,
    path: '/segments',
    validateSearch: parseSegmentSearch,
    component: lazyRouteComponent(() => import('../reports/segments-page.tsx'), 'SegmentsPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/match',
    component: lazyRouteComponent(() => import('../reports/match-page.tsx'), 'MatchPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/reports',
    validateSearch: parseCommissionSearch,
    component: lazyRouteComponent(() => import('../reports/reports-page.tsx'), 'ReportsPage'),
  }),
] as const
