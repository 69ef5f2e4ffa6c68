import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { parseConflictSearch, parseOrderSearch } from '../orders/search.ts'
import { parseRatesSearch, parseWhatIfSearch } from '../rates/search.ts'
import { parseTransactionSearch } from '../transactions/search.ts'
import { parseCustomerSearch } from '../customers/search.ts'
import { parseOfferSearch } from '../offers/search.ts'
import { listSearch, organization } from './root-routes.ts'

/** Pages of what people look up: customers, orders and what is owed for them. */
export const lookUps = [
  createRoute({
    getParentRoute: () => organization,
    path: '/customers',
    component: lazyRouteComponent(() => import('../customers/customers-page.tsx'), 'CustomersPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/customers/$id',
    validateSearch: parseCustomerSearch,
    component: lazyRouteComponent(() => import('../customers/customer-page.tsx'), 'CustomerPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/hash-check',
    component: lazyRouteComponent(
      () => import('../hash-check/hash-check-page.tsx'),
      'HashCheckPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/orders',
    validateSearch: parseOrderSearch,
    component: lazyRouteComponent(() => import('../orders/orders-page.tsx'), 'OrdersPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/orders/$id',
    component: lazyRouteComponent(() => import('../orders/order-page.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/conflicts',
    validateSearch: parseConflictSearch,
    component: lazyRouteComponent(() => import('../orders/conflicts-page.tsx'), 'ConflictsPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/transactions',
    validateSearch: parseTransactionSearch,
    component: lazyRouteComponent(
      () => import('../transactions/transactions-page.tsx'),
      'TransactionsPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/transactions/$id',
    component: lazyRouteComponent(
      () => import('../transactions/transaction-page.tsx'),
      'TransactionPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/offers',
    validateSearch: parseOfferSearch,
    component: lazyRouteComponent(() => import('../offers/offers-page.tsx'), 'OffersPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/merchants',
    component: lazyRouteComponent(() => import('../partners/merchants-page.tsx'), 'MerchantsPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/publishers',
    validateSearch: listSearch,
    component: lazyRouteComponent(
      () => import('../partners/publishers-page.tsx'),
      'PublishersPage',
    ),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/rates',
    validateSearch: parseRatesSearch,
    component: lazyRouteComponent(() => import('../rates/rates-page.tsx'), 'RatesPage'),
  }),
  createRoute({
    getParentRoute: () => organization,
    path: '/rates/what-if',
    validateSearch: parseWhatIfSearch,
    component: lazyRouteComponent(() => import('../rates/what-if-page.tsx'), 'WhatIfPage'),
  }),
] as const
