// Every sender accepts what it signed and refuses the same headers on another body.
import { senders, sign, verify } from './senders.mjs';

const base64 = (text) => Buffer.from(text).toString('base64');
const now = 1_700_000_000;
const url = 'https://hooks.example.com/api/webhooks/check';
const adyenBody = (psp) => JSON.stringify({
  live: 'false',
  notificationItems: [{ NotificationRequestItem: { pspReference: psp, merchantAccountCode: 'm', merchantReference: 'r', amount: { value: 1, currency: 'EUR' }, eventCode: 'AUTHORISATION', success: 'true' } }],
});
const bodies = (provider) =>
  provider === 'adyen' ? [adyenBody('1'), adyenBody('2')]
  : provider === 'twilio' ? ['MessageSid=SM1&Body=caf%C3%A9+%E2%98%95', 'MessageSid=SM2&Body=caf%C3%A9+%E2%98%95']
  : ['{"id":"evt_1","type":"café ☕"}', '{"id":"evt_2","type":"café ☕"}'];
const standardSecret = `whsec_${base64('0123456789abcdef0123456789abcdef')}`;
const text = (body) => Buffer.from(body, 'base64').toString();
const inBody = {
  braintree: (signed, other) => {
    const form = new URLSearchParams(text(other));
    form.set('bt_signature', new URLSearchParams(text(signed)).get('bt_signature'));
    return base64(form.toString());
  },
  adyen: (signed, other) => base64(text(other).replace(/"hmacSignature":"[^"]*"/, text(signed).match(/"hmacSignature":"[^"]*"/)[0])),
};
const secrets = { stripe: 'whsec_test', standard_webhooks: standardSecret, svix: standardSecret, braintree: 'public|private', adyen: '0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF' };

for (const provider of Object.keys(senders)) {
  const { secret, publicKey } = senders[provider].keys?.() ?? { secret: secrets[provider] ?? 'any text', publicKey: undefined };
  const [body, otherBody] = bodies(provider).map(base64);
  const signed = { body, url, ...(await sign({ provider, secret, body, timestamp: now, url })) };
  const other = { body: otherBody, url, ...(await sign({ provider, secret, body: otherBody, timestamp: now, url })) };
  const check = (headers, body, url) => verify({ provider, secret: publicKey ?? secret, headers, body, now, url });

  const same = await check(signed.headers, signed.body, signed.url);
  // Where the signature is in the body it goes into the other one.
  const forged = await check(signed.headers, inBody[provider]?.(signed.body, other.body) ?? other.body, signed.url);
  const fault = !same.accepted ? `refused its own: ${same.why}` : forged.accepted ? 'accepted another body' : '';
  console.log(`${provider}: ${fault || 'ok'}`);
  if (fault) process.exitCode = 1;
}
