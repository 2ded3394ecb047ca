import { listen, type Listening } from '#platform'
import type { App } from '../compose.ts'

/** Serves people. What it leaves for later goes to the queue, which a worker serves. */
export function startWeb(app: App, address: { readonly host: string; readonly port: number }): Promise<Listening> {
  return listen({ fetch: app.fetch, ...address })
}
