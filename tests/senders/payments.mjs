// Senders of payments: each signs in its own place, the header, the URL or the body.
import { createHmac } from 'node:crypto';
import adyen from '@adyen/api-library';
import { Paddle } from '@paddle/paddle-node-sdk';
import { WebhooksHelper } from 'square';

const hmac = (algorithm, encoding, secret, content) => createHmac(algorithm, secret).update(content).digest(encoding);
const paddle = new Paddle('unused');

export const paymentSenders = {
  // The library has no signer: https://developer.squareup.com/docs/webhooks/step3validate
  square: {
    sign: ({ secret, body, url }) => ({
      headers: {
        'User-Agent': 'Square Connect v2',
        'Content-Type': 'application/json',
        'square-environment': 'Production',
        'x-square-hmacsha256-signature': hmac('sha256', 'base64', secret, url + body),
      },
    }),
    verify: ({ secret, headers, body, url }) =>
      WebhooksHelper.verifySignature({ requestBody: body, signatureHeader: headers['x-square-hmacsha256-signature'], signatureKey: secret, notificationUrl: url }),
  },

  // The library has no signer: https://developer.paddle.com/webhooks/signature-verification
  paddle: {
    sign: ({ secret, body, timestamp }) => ({
      headers: {
        'User-Agent': 'Paddle',
        'Content-Type': 'application/json',
        'Paddle-Signature': `ts=${timestamp};h1=${hmac('sha256', 'hex', secret, `${timestamp}:${body}`)}`,
      },
    }),
    verify: ({ secret, headers, body }) => paddle.webhooks.isSignatureValid(body, secret, headers['paddle-signature']),
  },

  // Signs some fields of each notification, and puts the signature among the others.
  adyen: {
    sign: ({ secret, body }) => {
      const notification = JSON.parse(body);
      for (const { NotificationRequestItem: item } of notification.notificationItems) {
        item.additionalData = { ...item.additionalData, hmacSignature: new adyen.hmacValidator().calculateHmac(item, secret) };
      }
      return { body: JSON.stringify(notification), headers: { 'User-Agent': 'Adyen HttpClient 1.0', 'Content-Type': 'application/json' } };
    },
    verify: ({ secret, body }) => {
      const items = JSON.parse(body).notificationItems;
      return items.length > 0 && items.every(({ NotificationRequestItem: item }) => new adyen.hmacValidator().validateHMAC(item, secret));
    },
  },
};
