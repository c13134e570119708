import { stdin, stdout } from 'node:process';

// Answers each JSON line of standard input with one JSON line, in the same order. What goes wrong is an answer too.
export async function answerLines(answer, failed) {
  for await (const line of lines(stdin)) {
    let result;
    try {
      result = await answer(JSON.parse(line));
    } catch (error) {
      result = failed(error?.message || String(error));
    }
    stdout.write(JSON.stringify(result) + '\n');
  }
}

// Ends a line at \n only: node:readline also breaks at U+2028, which JSON allows inside a string.
async function* lines(stream) {
  stream.setEncoding('utf8');
  let pending = [];
  for await (const chunk of stream) {
    const [end, ...more] = chunk.split('\n');
    pending.push(end);
    for (const start of more) {
      yield pending.join('');
      pending = [start];
    }
  }
  const last = pending.join('');
  if (last !== '') yield last;
}
