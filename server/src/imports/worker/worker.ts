import { parentPort } from 'node:worker_threads'
import { serveCalls } from './serve-calls.ts'
import { createWorkerCalls } from './worker-calls.ts'

/*
 * A worker thread: it parses, checks and seals the rows of one import after another, so that the main thread
 * can answer calls meanwhile.
 */

if (!parentPort) throw new Error('this file is the beginning of a worker thread')
serveCalls(parentPort, createWorkerCalls)
