import { forgetPersonal, places } from '#ui'

/** Out of the house by a new page, so that nothing of whoever was here stays in this browser. */
export function leave(): void {
  forgetPersonal()
  window.location.assign(places.home)
}
