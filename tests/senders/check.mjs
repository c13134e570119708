// Every sender accepts what it signed and refuses the same headers on another body.
import { senders, sign, verify } from './senders.mjs';

const base64 = (text) => Buffer.from(text).toString('base64');
const now = 1_700_000_000;
const body = base64('{"id":"evt_1","type":"café ☕"}');
const otherBody = base64('{"id":"evt_2","type":"café ☕"}');
const standardSecret = `whsec_${base64('0123456789abcdef0123456789abcdef')}`;
const secrets = { stripe: 'whsec_test', standard_webhooks: standardSecret, svix: standardSecret };

for (const provider of Object.keys(senders)) {
  const secret = secrets[provider] ?? 'any text';
  const { headers } = await sign({ provider, secret, body, timestamp: now });
  const same = await verify({ provider, secret, headers, body, now });
  const other = await verify({ provider, secret, headers, body: otherBody, now });

  const fault = !same.accepted ? `refused its own: ${same.why}` : other.accepted ? 'accepted another body' : '';
  console.log(`${provider}: ${fault || 'ok'}`);
  if (fault) process.exitCode = 1;
}
