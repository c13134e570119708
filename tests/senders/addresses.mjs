// Whether Microsoft's AntiSSRF would dial an address: a JSON text with an address in, true or false out.
import { AntiSSRFPolicy, PolicyConfigOptions } from '@microsoft/antissrf';
import { answerLines } from './lines.mjs';

const denied = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest).deniedAddresses;
await answerLines((address) => !denied.check(address.includes(':') ? address : `::ffff:${address}`, 'ipv6'), () => false);
