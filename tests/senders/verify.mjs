import { answerLines } from './lines.mjs';
import { refused, verify } from './senders.mjs';

await answerLines(verify, refused);
