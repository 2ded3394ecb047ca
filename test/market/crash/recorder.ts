// The process that survives: what a worker tells it is on disk before the worker goes on, whatever becomes of the worker.
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:net'

const [file] = process.argv.slice(2) as [string]

const server = createServer((socket) => {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (part: string) => {
    const lines = (rest + part).split('\n')
    // A worker killed in mid-line has told nothing: half a line is dropped with its connection.
    rest = lines.pop() ?? ''
    if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`)
    for (const _ of lines) socket.write('\n')
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') console.log(address.port)
})
