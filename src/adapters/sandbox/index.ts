export { openSandboxCards, type SandboxCards } from './cards.ts'
