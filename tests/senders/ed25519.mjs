// Ed25519 as Node's own crypto (OpenSSL) sees it. All values are hex.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { answerLines } from './lines.mjs';

// RFC 8410: what stands before the 32 bytes of a public key, and of a seed.
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const hex = (text) => Buffer.from(text, 'hex');

function signed({ seed, message }) {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, hex(seed)]), format: 'der', type: 'pkcs8' });
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { publicKey: der.subarray(spki.length).toString('hex'), signature: sign(null, hex(message), key).toString('hex') };
}

function verified({ publicKey, message, signature }) {
  const key = createPublicKey({ key: Buffer.concat([spki, hex(publicKey)]), format: 'der', type: 'spki' });
  const accepted = verify(null, hex(message), key, hex(signature));
  return { accepted, why: accepted ? '' : 'the signature does not match' };
}

await answerLines(
  (line) => ('seed' in line ? signed(line) : verified(line)),
  (why) => ({ accepted: false, why }),
);
