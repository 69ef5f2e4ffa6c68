import { createTargetRule } from '../../src/webhooks/transport/target-rule.ts'

/** Where tests' receivers are: on this machine, over http, on any port. */
export const developmentRule = createTargetRule({
  mode: 'development',
  webhookAllow: [],
  webhookPorts: [443],
})

/** As it is for whoever sets nothing but a database. */
export const productionRule = createTargetRule({
  mode: 'production',
  webhookAllow: [],
  webhookPorts: [443],
})
