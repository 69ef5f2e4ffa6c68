/** What the shell tells of each request, and what `/metrics` serves. */
export interface ShellMetrics {
  registry: { contentType: string; metrics(): Promise<string> }
  /** `route` is the pattern, never the path: ids are in that. */
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
}
