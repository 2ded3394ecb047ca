export { openaiBackend } from './backend.ts'
