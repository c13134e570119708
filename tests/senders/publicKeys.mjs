// Senders that sign with a private key. `sign` is given that one (an Ed25519 seed in hex, else PKCS #8 in PEM), `verify` the public one.
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import sendgrid from '@sendgrid/eventwebhook';
import { verifyKey } from 'discord-interactions';

const SIGNATURE = sendgrid.EventWebhookHeader.SIGNATURE();
const TIMESTAMP = sendgrid.EventWebhookHeader.TIMESTAMP();
const seedStart = Buffer.from('302e020100300506032b657004220420', 'hex'); // RFC 8410

const discord = {
  keys: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    return {
      secret: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('hex'),
      publicKey: publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'),
    };
  },
  sign: ({ secret, body, timestamp }) => {
    const key = createPrivateKey({ key: Buffer.concat([seedStart, Buffer.from(secret, 'hex')]), format: 'der', type: 'pkcs8' });
    return {
      headers: {
        'User-Agent': 'Discord-Interactions/1.0 (+https://discord.com)',
        'Content-Type': 'application/json',
        'X-Signature-Ed25519': sign(null, Buffer.from(`${timestamp}${body}`), key).toString('hex'),
        'X-Signature-Timestamp': `${timestamp}`,
      },
    };
  },
  verify: ({ secret, headers, bytes }) => verifyKey(bytes, headers['x-signature-ed25519'], headers['x-signature-timestamp'], secret),
};

export const keySenders = {
  // The library has no signer; Node's own crypto signs as https://www.twilio.com/docs/sendgrid describes it.
  sendgrid: {
    keys: () => {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      return {
        secret: privateKey.export({ format: 'pem', type: 'pkcs8' }),
        publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      };
    },
    sign: ({ secret, body, timestamp }) => ({
      headers: {
        'User-Agent': 'SendGrid Event API',
        'Content-Type': 'application/json; charset=utf-8',
        [SIGNATURE]: sign('sha256', Buffer.from(`${timestamp}${body}`), createPrivateKey(secret)).toString('base64'),
        [TIMESTAMP]: `${timestamp}`,
      },
    }),
    verify: ({ secret, headers, bytes }) => {
      const webhook = new sendgrid.EventWebhook();
      return webhook.verifySignature(webhook.convertPublicKeyToECDSA(secret), bytes, headers[SIGNATURE.toLowerCase()], headers[TIMESTAMP.toLowerCase()]);
    },
  },

  // The library has no signer: https://docs.discord.com/developers/interactions/overview
  discord,
};
