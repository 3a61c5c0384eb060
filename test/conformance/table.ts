import { fixtures, missingFixtures } from '../support/fixturesFolder.ts';
import { linuxCases } from './linux/cases.ts';
import { compare } from './linux/compare.ts';
import { quicCases } from './quic/cases.ts';
import { compareQuic } from './quic/compare.ts';

/** Prints one row for every case folder: ours, the real run's median and spread, retransmissions, verdict. */
const main = async (): Promise<void> => {
  const folder = fixtures;
  if (folder === null) {
    console.log(missingFixtures);
    process.exitCode = 1;
    return;
  }
  const row = (...cells: readonly string[]): void =>
    console.log(
      cells
        .map((cell, i) => (i === 0 ? cell.padEnd(36) : i >= 7 ? cell : cell.padStart([0, 10, 10, 8, 21, 9, 6][i] ?? 0)))
        .join(' '),
    );
  row('case', 'ours', 'median', '%', 'spread', 'sent again', 'cwnd', 'verdict');
  let differs = 0;
  for (const known of linuxCases(folder)) {
    const c = await compare(known, folder);
    if (c.verdict === 'differs') differs++;
    row(
      c.name,
      c.ours?.toFixed(2) ?? '–',
      c.median.toFixed(2),
      c.difference === null ? '–' : c.difference.toFixed(2),
      `${Math.min(...c.spread).toFixed(1)}–${Math.max(...c.spread).toFixed(1)}`,
      `${c.retransmissions || '–'}/${c.realRetransmissions}`,
      c.cwnd === null ? '–' : `${c.cwnd.toFixed(0)} %`,
      c.why === '' ? c.verdict : `${c.verdict}: ${c.why}`,
    );
  }
  console.log('');
  const quicRow = (...cells: readonly string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : i >= 7 ? cell : cell.padStart(11))).join(' '));
  quicRow('case', 'handshake', 'real', 'ours', 'real', '%', 'stalls', 'verdict');
  for (const known of quicCases(folder)) {
    const c = await compareQuic(known);
    if (c.verdict === 'differs') differs++;
    quicRow(
      c.name,
      c.handshake?.toFixed(2) ?? '–',
      c.realHandshake.toFixed(2),
      c.ours?.toFixed(1) ?? '–',
      c.real.toFixed(1),
      c.difference?.toFixed(1) ?? '–',
      `${String(c.stalls.length)}/${String(c.realStalls.length)}`,
      c.why === '' ? c.verdict : `${c.verdict}: ${c.why}`,
    );
  }
  console.log(`\n${String(differs)} differ.`);
};

await main();
