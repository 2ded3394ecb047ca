const mark = '"delta":{"content":"'

/**
 * Counts the answer's tokens in pieces of a stream of events, wherever the network cut it. The chunk that opens a message
 * names its role first and is not counted.
 */
export function createTokenCounter(): (piece: Buffer) => number {
  let rest = ''
  return (piece) => {
    const text = rest + piece.toString('latin1')
    let count = 0
    let from = 0
    for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, from)) {
      count++
      from = at + mark.length
    }
    rest = text.slice(Math.max(from, text.length - mark.length + 1))
    return count
  }
}
