/** A broken promise of our own code. Nothing catches it to go on: the request fails, the log says where. */
class AssertionFault extends Error {
  override readonly name = 'AssertionFault'
}

/** States what must hold here whatever the input was. Refusals are for bad input; this is for bugs. */
export function assert(condition: unknown, promise: string): asserts condition {
  if (!condition) throw new AssertionFault(promise)
}
