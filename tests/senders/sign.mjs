import { answerLines } from './lines.mjs';
import { sign } from './senders.mjs';

await answerLines(sign, (error) => ({ error }));
