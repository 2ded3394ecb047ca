// The house in a process of its own, so that its memory is its own: told over IPC what to do, answers with figures.
import { byTurns, closedLoop } from '../form/measure.ts'
import { uuidv7 } from '#kernel'
import { firstTextInside, firstTextOverHttp, sendOverHttp, wholeTurn } from './calls.ts'
import { openHouse } from './house.ts'
import type { Answer, Order } from './orders.ts'

const house = await openHouse(process.argv[2] ?? '')
// One person's free points of a day are not enough for all that is sent over HTTP.
const persons = await Promise.all(Array.from({ length: 6 }, () => house.people.signUp()))
const payers = Array.from({ length: 200 }, () => uuidv7())
/** Long enough that the turn before is settled and noted: what is measured is a request to a house at rest. */
const restMs = 30
let next = 0
const anyPerson = () => {
  const person = persons[next++ % persons.length]
  if (!person) throw new Error('nobody signed up')
  return person
}
const anyPayer = () => payers[next++ % payers.length] ?? uuidv7()

async function obey(order: Order): Promise<Answer> {
  switch (order.do) {
    case 'delays': {
      const { warm, count } = order
      const anyTextInside = () => firstTextInside(house, anyPayer())
      const [inside, commit] = await byTurns({ warm, count, restMs }, anyTextInside, house.commit)
      const [close, commitBesideClose] = await byTurns({ warm: 0, count }, anyTextInside, house.commit)
      const anyTextOverHttp = () => firstTextOverHttp(house, anyPerson())
      const [http, commitBesideHttp] = await byTurns({ warm, count, restMs }, anyTextOverHttp, house.commit)
      return { inside, close, http, commit, commitBesideClose, commitBesideHttp }
    }
    case 'rush':
      return closedLoop({ ...order, call: () => wholeTurn(house, anyPayer()) })
    case 'run': {
      const before = process.cpuUsage()
      await Promise.all(
        Array.from({ length: 32 }, async () => {
          for (let at = 0; at < order.turns / 32; at++) await wholeTurn(house, anyPayer())
        }),
      )
      const { user, system } = process.cpuUsage(before)
      return { rssMb: rssMb(), cpuMsPerTurn: (user + system) / 1000 / order.turns }
    }
    case 'hush': {
      const person = anyPerson()
      const waiting = await Promise.all(Array.from({ length: order.turns }, () => sendOverHttp(house, person, 'wait')))
      return { waiting, url: house.url, cookie: person.cookie, rssMb: rssMb() }
    }
    case 'weigh':
      return { rssMb: rssMb() }
    case 'prove':
      return { holds: await house.prove() }
  }
}

function rssMb(): number {
  return process.memoryUsage.rss() / 2 ** 20
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (fault: unknown) => process.send?.({ fault: String(fault instanceof Error ? fault.stack : fault) }),
  )
})
process.on('disconnect', () => void house[Symbol.asyncDispose]())
process.send?.({ open: true })
