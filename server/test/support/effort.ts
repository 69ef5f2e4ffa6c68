/**
 * How much longer the tests go on that try many histories, kills or callers: `TEST_EFFORT=5` before a release. Once is
 * what a change can wait for.
 */
export const EFFORT = Number(process.env['TEST_EFFORT'] ?? 1)
