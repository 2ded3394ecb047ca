export type { People, PeopleOptions } from './people.ts'
export type { Json, Personal } from './personal.ts'
export type { Viewer } from './rules.ts'
