import { places } from '#ui'

/** Out of the house by a new page, so that nothing of whoever was here stays in this one's memory. */
export function leave(): void {
  window.location.assign(places.home)
}
