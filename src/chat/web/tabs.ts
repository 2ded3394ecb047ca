/** Tabs of one browser tell each other what changed, so that a conversation that is open twice is the same in both. */
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('bottega.chat')

export function tellElsewhere(conversation: string): void {
  channel?.postMessage(conversation)
}

export function heardElsewhere(conversation: string, heard: () => void): () => void {
  const hear = (event: MessageEvent) => {
    if (event.data === conversation) heard()
  }
  channel?.addEventListener('message', hear)
  return () => channel?.removeEventListener('message', hear)
}
