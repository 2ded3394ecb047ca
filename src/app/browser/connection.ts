import { useSyncExternalStore } from 'react'

function hear(change: () => void): () => void {
  addEventListener('online', change)
  addEventListener('offline', change)
  return () => {
    removeEventListener('online', change)
    removeEventListener('offline', change)
  }
}

/** What the browser knows of the network. */
export function useConnection(): 'online' | 'offline' {
  return useSyncExternalStore(hear, () => (navigator.onLine ? 'online' : 'offline'))
}
