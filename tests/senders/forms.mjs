// Senders that post forms and sign what is in them.
import { parse as parseForm } from 'node:querystring';
import braintree from 'braintree';
import twilio from 'twilio';

const FORM = 'application/x-www-form-urlencoded';
const isForm = (headers) => (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase() === FORM;

// A form as Express gives it to the library; a body of another kind has no fields.
const fields = ({ headers, body }) => (isForm(headers) ? parseForm(body, '&', '=', { maxKeys: 0 }) : {});

export const formSenders = {
  // A body that is JSON is signed by its hash in the query, a form by its fields.
  twilio: {
    sign: ({ secret, body, url }) => {
      const isJson = body.startsWith('{');
      const signed = isJson ? `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${twilio.getExpectedBodyHash(body)}` : url;
      return {
        url: signed,
        headers: {
          'User-Agent': 'TwilioProxy/1.1',
          Accept: '*/*',
          'Content-Type': isJson ? 'application/json' : `${FORM}; charset=UTF-8`,
          'I-Twilio-Idempotency-Token': 'c1d2e3f4-0000-4000-8000-000000000001',
          'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, signed, isJson ? {} : parseForm(body)),
        },
      };
    },
    verify: ({ secret, headers, body, url }) => {
      const request = { header: (name) => headers[name.toLowerCase()], body: fields({ headers, body }), rawBody: body };
      return twilio.validateIncomingRequest(request, secret, { url });
    },
  },

  // What is signed is the payload's text, base64 of the XML with a line end behind it.
  braintree: {
    sign: ({ secret, body }) => {
      const payload = Buffer.from(body).toString('base64') + '\n';
      const form = { bt_signature: gateway(secret).webhookTesting.sampleSignature(payload), bt_payload: payload };
      return { body: new URLSearchParams(form).toString(), headers: { Accept: '*/*', 'Content-Type': FORM } };
    },
    verify: async ({ secret, headers, body }) => {
      const form = fields({ headers, body });
      // As the library's own callers would see to it: a field that stands twice is a list.
      if ([form.bt_signature, form.bt_payload].some((field) => Array.isArray(field))) return 'a field stands twice';
      const notifications = gateway(secret).webhookNotification;
      try {
        await notifications.parse(form.bt_signature, form.bt_payload);
      } catch (error) {
        // The XML is read once a signature has matched: that it is none says nothing against the signature.
        if (error.type === 'invalidSignatureError') throw error;
      }
      return true;
    },
  },
};

// The secret is the public key and the private one, joined by a bar.
function gateway(secret) {
  const [publicKey, privateKey = ''] = secret.split('|');
  return new braintree.BraintreeGateway({ environment: braintree.Environment.Sandbox, merchantId: 'unused', publicKey, privateKey });
}
