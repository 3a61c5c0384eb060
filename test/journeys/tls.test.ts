import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import { play } from '../../src/engine/network/layers.ts';
import { writePcapng } from '../../src/format/pcapng/writer.ts';
import { keyLogOf, prepareBytes } from '../../src/packet/made.ts';
import { validateScenario } from '../../src/scenario/parse.ts';
import { presets } from '../../src/scenario/presets.ts';
import { journey } from '../support/journey.ts';
import { ready } from './support.ts';

journey('the version of TLS is chosen, and the run is another one', async ({ open }) => {
  const page = await open('?scenario=one-lost-segment');
  await ready(page);
  const facts = page.locator('.facts');
  const before = await facts.innerText();
  await page.getByRole('combobox', { name: 'TLS version' }).selectOption('1.2');
  await expect.poll(() => facts.innerText()).not.toBe(before);
  await page.getByRole('switch', { name: 'What an observer sees' }).waitFor();
  await page.keyboard.press('Control+z');
  await expect.poll(() => facts.innerText()).toBe(before);
  await expect.poll(() => page.getByRole('switch', { name: 'What an observer sees' }).count()).toBe(0);
});

journey('a handshake is compared, stripped to what a wiretap sees, and the address holds it', async ({ open }) => {
  const page = await open('?scenario=handshakes');
  const figure = page.getByRole('figure', { name: 'Comparison' });
  await figure.waitFor();
  const compared = page.getByText(/TLS 1\.2: first byte after 326 ms \(4 RTT\)/);
  await compared.first().waitFor({ state: 'attached' });
  await page.getByRole('switch', { name: 'What an observer sees' }).click();
  await expect.poll(() => page.url()).toContain('sees=wiretap');
  await page.reload();
  await figure.waitFor();
  await page.getByRole('switch', { name: 'What an observer sees' }).waitFor();
  await expect
    .poll(() => page.getByRole('switch', { name: 'What an observer sees' }).getAttribute('aria-checked'))
    .toBe('true');
});

journey('a failed handshake says why', async ({ open }) => {
  const page = await open('?scenario=expired-certificate');
  await ready(page);
  await page.getByText(/Client gave up at .* with certificate_expired: The certificate is past its last day/).waitFor();
});

journey('secrets open a capture: dropped after it, or with it', async ({ open }) => {
  const scenario = validateScenario(presets.find(({ name }) => name === 'tls13')?.scenario);
  if (!scenario.ok) throw new Error('no preset');
  const trace = await play(scenario.value);
  const closed = { ...trace, title: 'closed' };
  await prepareBytes(trace);
  const withSecrets = writePcapng(trace, 'client');
  const keys = Buffer.from(keyLogOf(trace));
  // The same file without its block of secrets (type 10).
  const view = new DataView(withSecrets.buffer, withSecrets.byteOffset, withSecrets.byteLength);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < withSecrets.length; at += view.getUint32(at + 4, true))
    if (view.getUint32(at, true) !== 10) blocks.push(withSecrets.subarray(at, at + view.getUint32(at + 4, true)));
  const capture = {
    name: `${closed.title}.pcapng`,
    mimeType: 'application/octet-stream',
    buffer: Buffer.concat(blocks),
  };
  const log = { name: 'keys.log', mimeType: 'text/plain', buffer: keys };

  const page = await open();
  await ready(page);
  await page.locator('input[type=file]').setInputFiles(capture);
  await page.getByText('Records not decrypted').waitFor();
  await page.locator('input[type=file]').setInputFiles(log);
  await page.getByText('Records not decrypted').waitFor({ state: 'detached' });

  const other = await open();
  await ready(other);
  await other.locator('input[type=file]').setInputFiles([capture, log]);
  await other.getByText('Cipher suite', { exact: true }).waitFor();
  await expect.poll(() => other.getByText('Records not decrypted').count()).toBe(0);
});
