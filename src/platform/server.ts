import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { codeOf, OperatorFault } from './fault.ts'

export type Listening = {
  readonly url: string
  readonly port: number
  /**
   * Refuses new connections, closes those that wait between requests at once, lets running requests end, and cuts
   * what still runs after `deadlineMs`. Returns how many it had to cut.
   */
  stop(deadlineMs: number): Promise<number>
}

export type Fetch = (request: Request, bindings: HttpBindings) => Response | Promise<Response>

/** Serves on `host:port`; port 0 takes a free one. Throws OperatorFault where the address cannot be had. */
export async function listen(options: { fetch: Fetch; host: string; port: number }): Promise<Listening> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 65_000 })
  const stop = trackConnections(server)
  // The adapter's own Request and Response are quicker but replace the global ones for everybody: not for us.
  const answer = getRequestListener((request, bindings) => options.fetch(request, bindings as HttpBindings), {
    overrideGlobalObjects: false,
  })
  server.on('request', (incoming, outgoing) => void answer(incoming, outgoing))
  const { promise: bound, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(options.port, options.host, resolve)
  await bound.catch((cause: unknown) => {
    throw addressFault(cause, options)
  })
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return { url: `http://${host === '0.0.0.0' || host === '[::]' ? 'localhost' : host}:${port}`, port, stop }
}

function addressFault(cause: unknown, { host, port }: { host: string; port: number }): unknown {
  const code = codeOf(cause)
  if (code === 'EADDRINUSE') {
    const remedy = `Stop what listens there, or take another port: PORT=${port + 1} npm start`
    return new OperatorFault(`Port ${port} on ${host} is in use.`, remedy, { cause })
  }
  if (code === 'EACCES') {
    return new OperatorFault(
      `This user may not listen on port ${port}.`,
      'Take a port above 1023: PORT=8080 npm start',
      {
        cause,
      },
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new OperatorFault(`This machine has no address ${host}.`, 'Set HOST to 127.0.0.1, or 0.0.0.0 for all.', {
      cause,
    })
  }
  return cause
}

/**
 * Node's own close waits for every connection that ever sent nothing, as browsers open in advance, and for those
 * whose last answer ended after the call. So we know ourselves which connections have a request running.
 */
function trackConnections(server: Server): Listening['stop'] {
  const running = new Map<Socket, Set<ServerResponse>>()
  let stopping = false
  server.on('connection', (socket: Socket) => {
    running.set(socket, new Set())
    socket.once('close', () => running.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    running.get(socket)?.add(response)
    if (stopping) response.shouldKeepAlive = false
    response.once('close', () => {
      running.get(socket)?.delete(response)
      if (stopping && running.get(socket)?.size === 0) socket.destroySoon()
    })
  })
  return async (deadlineMs) => {
    stopping = true
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const [socket, responses] of running) {
      if (responses.size === 0) socket.destroy()
      for (const response of responses) response.shouldKeepAlive = false
    }
    let cut = 0
    const deadline = setTimeout(() => {
      cut = running.values().reduce((sum, responses) => sum + responses.size, 0)
      for (const socket of running.keys()) socket.destroy()
    }, deadlineMs)
    await closed
    clearTimeout(deadline)
    return cut
  }
}
