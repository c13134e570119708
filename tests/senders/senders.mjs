import { createHmac, randomUUID } from 'node:crypto';
import { Webhooks as GitHub } from '@octokit/webhooks';
import { shopifyApi } from '@shopify/shopify-api';
import '@shopify/shopify-api/adapters/node';
import bolt from '@slack/bolt';
import * as standardWebhooks from 'standardwebhooks';
import Stripe from 'stripe';
import * as svix from 'svix';
import { formSenders } from './forms.mjs';
import { paymentSenders } from './payments.mjs';
import { keySenders } from './publicKeys.mjs';

const SHOPIFY_API_VERSION = '2026-04';

const hmac = (algorithm, encoding, secret, content) => createHmac(algorithm, secret).update(content).digest(encoding);

// `headers` is everything that sender puts on a request; where it also changes the body or the URL there is a `sign` instead.
// `verify` is the sender's own library: true, or else false or the reason, returned or thrown; the names of the headers it gets
// are in lower case. `keys` makes a pair, where what signs is not what verifies.
export const senders = {
  ...formSenders,
  ...keySenders,
  ...paymentSenders,

  stripe: {
    headers: ({ secret, body, timestamp }) => ({
      'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      Accept: '*/*; q=0.5, application/xml',
      'Cache-Control': 'no-cache',
      'Content-Type': 'application/json; charset=utf-8',
      'Stripe-Signature': Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp }),
    }),
    // The part of constructEvent before it parses the body.
    verify: ({ secret, headers, body }) =>
      Stripe.webhooks.signature.verifyHeader(body, headers['stripe-signature'], secret, Stripe.webhooks.DEFAULT_TOLERANCE),
  },

  github: {
    headers: async ({ secret, body, id, type }) => ({
      'User-Agent': 'GitHub-Hookshot/044aadd',
      Accept: '*/*',
      'Content-Type': 'application/json',
      'X-GitHub-Delivery': id ?? randomUUID(),
      'X-GitHub-Event': (type ?? 'ping').split('.')[0],
      'X-GitHub-Hook-ID': '292430182',
      'X-GitHub-Hook-Installation-Target-ID': '79929171',
      'X-GitHub-Hook-Installation-Target-Type': 'repository',
      'X-Hub-Signature': `sha1=${hmac('sha1', 'hex', secret, body)}`,
      'X-Hub-Signature-256': await new GitHub({ secret }).sign(body),
    }),
    verify: ({ secret, headers, body }) => new GitHub({ secret }).verify(body, headers['x-hub-signature-256']),
  },

  // Slack publishes a verifier but no signer: https://docs.slack.dev/authentication/verifying-requests-from-slack
  slack: {
    headers: ({ secret, body, timestamp }) => ({
      'User-Agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      Accept: '*/*',
      'Accept-Encoding': 'gzip,deflate',
      'Content-Type': 'application/json',
      'X-Slack-Request-Timestamp': `${timestamp}`,
      'X-Slack-Signature': `v0=${hmac('sha256', 'hex', secret, `v0:${timestamp}:${body}`)}`,
    }),
    verify: async ({ secret, headers, body }) => {
      const request = { headers, rawBody: Buffer.from(body) };
      await bolt.HTTPModuleFunctions.parseAndVerifyHTTPRequest({ signingSecret: secret }, request);
      return true;
    },
  },

  // Shopify publishes a verifier but no signer: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: {
    headers: ({ secret, body, timestamp, id, type }) => ({
      'User-Agent': 'Shopify-Captain-Hook',
      Accept: '*/*',
      'Content-Type': 'application/json',
      'X-Shopify-API-Version': SHOPIFY_API_VERSION,
      'X-Shopify-Event-Id': randomUUID(),
      'X-Shopify-Hmac-SHA256': hmac('sha256', 'base64', secret, body),
      'X-Shopify-Shop-Domain': 'sluice-test.myshopify.com',
      'X-Shopify-Topic': type ?? 'orders/create',
      'X-Shopify-Triggered-At': new Date(timestamp * 1000).toISOString(),
      'X-Shopify-Webhook-Id': id ?? randomUUID(),
    }),
    verify: async ({ secret, headers, body }) => {
      const shopify = shopifyApi({
        apiKey: 'unused',
        apiSecretKey: secret,
        apiVersion: SHOPIFY_API_VERSION,
        hostName: 'unused.example',
        logger: { log: () => {} },
      });
      const rawRequest = { method: 'POST', url: '/', headers };
      const { valid, reason, missingHeaders = [] } = await shopify.webhooks.validate({ rawBody: body, rawRequest });
      return valid || [reason, ...missingHeaders].join(' ');
    },
  },

  standard_webhooks: {
    headers: (event) => signStandard(new standardWebhooks.Webhook(event.secret), 'webhook', event),
    verify: ({ secret, headers, body }) => {
      new standardWebhooks.Webhook(secret).verify(body, headers, { jsonParse: false });
      return true;
    },
  },

  svix: {
    headers: (event) => ({
      'User-Agent': 'Svix-Webhooks/1.0 (+https://www.svix.com/http-sender/)',
      ...signStandard(new svix.Webhook(event.secret), 'svix', event),
    }),
    verify: ({ secret, headers, body }) => {
      try {
        new svix.Webhook(secret).verify(body, headers);
      } catch (error) {
        // The body is parsed once a signature has matched: that it is not JSON says nothing against the signature.
        if (!(error instanceof SyntaxError)) throw error;
      }
      return true;
    },
  },
};

function signStandard(webhook, prefix, { body, timestamp, id }) {
  const messageId = id ?? `msg_${randomUUID()}`;
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    [`${prefix}-id`]: messageId,
    [`${prefix}-timestamp`]: `${timestamp}`,
    [`${prefix}-signature`]: webhook.sign(messageId, new Date(timestamp * 1000), body),
  };
}

function sender(provider) {
  if (!Object.hasOwn(senders, provider)) throw new Error(`unknown provider: ${provider}`);
  return senders[provider];
}

// The libraries take text, so a body that is not UTF-8 cannot be signed as it is.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export async function sign({ provider, secret, body, timestamp, id, type, url }) {
  const event = {
    secret,
    body: utf8.decode(Buffer.from(body, 'base64')),
    timestamp: timestamp ?? Math.floor(Date.now() / 1000),
    id,
    type,
    url,
  };
  const { headers, sign } = sender(provider);
  if (!sign) return { headers: await headers(event) };
  const signed = await sign(event);
  return signed.body === undefined ? signed : { ...signed, body: Buffer.from(signed.body).toString('base64') };
}

export async function verify({ provider, secret, headers, body, now, url }) {
  const clock = globalThis.Date;
  try {
    if (!Number.isFinite(now)) throw new Error('now must be a number of seconds');
    globalThis.Date = stopped(now * 1000);
    const bytes = Buffer.from(body, 'base64');
    const request = { secret, headers: received(headers), bytes, body: bytes.toString(), url };
    const outcome = await sender(provider).verify(request);
    return outcome === true ? accepted : refused(outcome || 'the signature does not match');
  } catch (error) {
    return refused(error?.message || String(error));
  } finally {
    globalThis.Date = clock;
  }
}

// Some libraries ask Date.now(), some new Date().
const stopped = (now) =>
  class extends Date {
    constructor(...parts) {
      super(...(parts.length ? parts : [now]));
    }

    static now() {
      return now;
    }
  };

const accepted = { accepted: true, why: '' };
export const refused = (why) => ({ accepted: false, why });

// As Node's http server gives them: lower case, and those sent more than once joined by a comma.
const received = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]));
