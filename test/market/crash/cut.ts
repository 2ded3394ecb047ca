import { connect, createServer, type Socket } from 'node:net'
import { postLazilyStatement, postStatement } from '../../../src/ledger/wire.ts'

export type Cutter = AsyncDisposable & {
  readonly port: number
  /** Drops the next so many connections at the moment the reply to a posting arrives: committed, and the caller never hears. */
  cut(count: number): void
  readonly cuts: number
}

/** The names under which postings are prepared, as the wire has them: ended by a zero, and so no beginning of another. */
const postings = [postStatement, postLazilyStatement].map(({ name }) => `${name}\0`)

/** Stands between the workers and the server and passes everything on, until it is told to cut. */
export async function openCutter(serverPort: number): Promise<Cutter> {
  let wanted = 0
  let cuts = 0
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    const drop = () => {
      for (const socket of [client, upstream]) {
        open.delete(socket)
        socket.destroy()
      }
    }
    let posting = false
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', drop).on('close', drop)
    }
    client.on('data', (part) => {
      // One that comes in several parts says only in the first what it is.
      posting ||= postings.some((name) => part.includes(name))
      upstream.write(part)
    })
    upstream.on('data', (part) => {
      if (wanted > 0 && posting) {
        wanted--
        cuts++
        drop()
      } else {
        posting = false
        client.write(part)
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return {
    port: address && typeof address === 'object' ? address.port : 0,
    cut: (count) => void (wanted += count),
    get cuts() {
      return cuts
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
