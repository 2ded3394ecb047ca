export { openPeople, type People, type PeopleOptions } from './people.ts'
export type { Json, Personal } from './personal.ts'
export { peopleRoom } from './room.ts'
export type { Viewer } from './rules.ts'
