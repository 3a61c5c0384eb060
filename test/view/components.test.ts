import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import { Fate, NONE } from '../../src/trace/types.ts';
import PathControls from '../../src/view/controls/PathControls.svelte';
import KeysDialog from '../../src/view/help/KeysDialog.svelte';
import { fromMs, nanos } from '../../src/base/time.ts';
import { packetLabel } from '../../src/packet/label.ts';
import Inspector from '../../src/view/inspector/Inspector.svelte';
import LiveRegion from '../../src/view/notice/LiveRegion.svelte';
import Notice from '../../src/view/notice/Notice.svelte';
import PacketPanel from '../../src/view/packets/PacketPanel.svelte';
import PacketTable from '../../src/view/packets/PacketTable.svelte';
import TopBar from '../../src/view/top/TopBar.svelte';
import Transport from '../../src/view/transport/Transport.svelte';
import { any, onBench } from './support.ts';

const bar = {
  onshare: vi.fn(() => Promise.resolve('')),
  onopen: vi.fn(),
  onhelp: vi.fn(),
  onstart: vi.fn(),
  onexport: vi.fn(),
};

describe('the inspector', () => {
  test('names the packet, says why, and lists its fields and bytes', async () => {
    await onBench(any(Inspector));
    const region = screen.getByRole('region', { name: 'Inspector' });
    expect(within(region).getByRole('heading', { level: 2 })).toHaveTextContent('Segment #12, sent again');
    expect(within(region).getByText('Why it was sent')).toBeVisible();
    expect(within(region).getByText('lost on the wire')).toBeVisible();
    // Encoders and field maps are loaded here for the first time.
    await waitFor(() => expect(within(region).getByText('Sequence number')).toBeVisible(), { timeout: 15_000 });
    expect(within(region).getByText('Bytes')).toBeVisible();
  });

  test('a byte leads to its field, a field to its bytes', async () => {
    const { container } = await onBench(any(Inspector));
    await waitFor(() => expect(container.querySelectorAll('.byte').length).toBeGreaterThan(30), { timeout: 15_000 });
    // Bytes 34 and 35 of a bare IPv4 packet are the window.
    await fireEvent.click(container.querySelector('[data-at="34"]')!);
    const row = container.querySelector('.row.chosen')!;
    expect(row).toHaveTextContent('Window');
    expect([...container.querySelectorAll('.byte.lit')].map((b) => b.getAttribute('data-at'))).toEqual(['34', '35']);
    await fireEvent.click(within(container).getByRole('button', { name: 'Acknowledgement' }));
    expect(container.querySelectorAll('.byte.lit')).toHaveLength(4);
    expect(container.querySelector('.row.chosen a')).toHaveAttribute(
      'href',
      expect.stringContaining('rfc9293#section'),
    );
  });

  test('drops, and lets live again', async () => {
    const { bench } = await onBench(any(Inspector));
    await fireEvent.click(screen.getByRole('button', { name: 'Drop packet' }));
    await screen.findByText('dropped by you');
    const { trace, packet } = bench.scene;
    expect(trace!.packets.fate[packet]).toBe(Fate.Touched);
    await fireEvent.click(screen.getByRole('button', { name: 'Let it arrive' }));
    await screen.findByRole('button', { name: 'Drop packet' });
    await expect.poll(() => bench.scene.news.value).toMatch(/arrives again: done at/);
  });

  test('a step of the chain leads to its packet and instant', async () => {
    const { bench } = await onBench(any(Inspector));
    await fireEvent.click(screen.getByRole('button', { name: /lost on the wire/ }));
    expect(await screen.findByRole('heading', { level: 2, name: 'Segment #12' })).toBeVisible();
    expect(bench.scene.player.time.value).toBe(bench.scene.trace!.packets.arrived[bench.scene.packet]);
  });

  test('what a packet carries: a record leads to its layer, a field to its part', async () => {
    await onBench(any(Inspector), {}, async ({ scene }) => {
      await scene.openPreset('http2');
      const { packets, packetCount } = scene.trace!;
      const asked = Array.from({ length: packetCount }, (_, i) => i).find((i) =>
        packetLabel(scene.trace!, i).includes('HEADERS'),
      );
      expect(packets.payload[asked!]).toBeGreaterThan(0);
      scene.selectPacket(asked!);
    });
    const frames = await screen.findByRole('group', { name: 'Frames' });
    const part = within(frames).getByRole('button', { name: /^HEADERS 1 · GET \/r01/ });
    expect(part).toHaveAttribute('aria-pressed', 'false');
    await fireEvent.click(part);
    expect(part).toHaveAttribute('aria-pressed', 'true');
    expect(screen.getByText(':path')).toBeVisible();
    const records = screen.getByRole('group', { name: 'Records' });
    await fireEvent.click(within(records).getAllByRole('button')[0]!);
    expect(part).toHaveAttribute('aria-pressed', 'false');
  });

  test('with nothing chosen it tells of the run', async () => {
    await onBench(any(Inspector), {}, ({ scene }) => scene.select(null));
    expect(screen.getByText('Last byte at the client')).toBeVisible();
    expect(screen.getByText('In force')).toBeVisible();
  });
});

describe('the packet table', () => {
  test('is a table of rows with time, way, name and effect', async () => {
    const { bench } = await onBench(any(PacketTable), {}, ({ scene }) => scene.filter.set('lost'));
    const rows = within(screen.getByRole('table', { name: 'Packets' })).getAllByRole('row');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toHaveTextContent(/server → client.*#12.*lost.*ESTABLISHED/s);
    await fireEvent.click(rows[1]!);
    expect(bench.scene.packet).toBe(bench.scene.trace!.packets.fate.findIndex((f) => f === Fate.LostOnWire));
  });

  test.each([
    ['syn', 2],
    ['#12', 2],
    ['again', 1],
    ['nonsense', 0],
  ])('the filter %s finds %i', async (filter, found) => {
    const { container } = await onBench(any(PacketTable), {}, ({ scene }) => scene.filter.set(filter));
    expect(container.querySelectorAll('tr[data-packet]')).toHaveLength(found);
  });
});

describe('the header tables', () => {
  test('at the playhead: entries by who inserted them, and how a block was coded', async () => {
    const { bench } = await onBench(any(PacketPanel), { view: 'headers', onview: vi.fn() }, async ({ scene }) => {
      await scene.openPreset('http2');
    });
    const { scene } = bench;
    const region = screen.getByRole('region', { name: 'Header tables' });
    scene.seek(nanos(0));
    await waitFor(() => expect(within(region).getAllByText('No entry yet.')).toHaveLength(2));
    scene.seek(fromMs(400));
    const up = await within(region).findByRole('table', { name: 'Header tables, Client → Server' });
    const rows = within(up).getAllByRole('row');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows[1]).toHaveTextContent(/^62/);
    expect(within(region).getAllByText(/bytes instead of .* saved/)).toHaveLength(2);
    await fireEvent.click(within(rows[1]!).getByRole('button'));
    expect(packetLabel(scene.trace!, scene.packet)).toContain('HEADERS 1');
    expect(within(region).getByText('How HEADERS 1 · GET /r01 was coded')).toBeVisible();
  });
});

describe('the transport', () => {
  test('the slider says the instant in words, and follows the keys', async () => {
    const { bench } = await onBench(any(Transport));
    const slider = await screen.findByRole('slider', { name: 'Playhead' }).catch(() => null);
    // Without a canvas there is no scale; the button and the clock stand all the same.
    expect(slider === null || slider.getAttribute('aria-valuetext') !== '').toBe(true);
    await fireEvent.click(screen.getByRole('button', { name: 'Next event' }));
    const after = bench.scene.player.time.value;
    await fireEvent.click(screen.getByRole('button', { name: 'Previous event' }));
    expect(bench.scene.player.time.value).toBeLessThan(after);
    await fireEvent.click(screen.getByRole('button', { name: 'Play' }));
    expect(await screen.findByRole('button', { name: 'Pause' })).toBeVisible();
    await fireEvent.change(screen.getByRole('combobox', { name: 'Speed' }), { target: { value: '1' } });
    expect(bench.scene.player.speed.value).toBe(1);
  });
});

describe('the path', () => {
  test('each slider has its name, its words, and its effect', async () => {
    const { bench } = await onBench(any(PathControls));
    const rtt = screen.getByRole('slider', { name: 'Round-trip time' });
    expect(rtt).toHaveAttribute('aria-valuetext', '40 ms');
    await fireEvent.input(rtt, { target: { value: '80' } });
    await waitFor(() => expect(bench.scene.shown.value!.document!.scenario.path!.rttMs).toBe(80));
    for (const name of ['Bandwidth', 'Queue', 'Random loss', 'Burst loss'])
      expect(screen.getByRole('slider', { name })).toBeVisible();
    await fireEvent.change(screen.getByRole('combobox', { name: 'Congestion control' }), { target: { value: 'bbr' } });
    await waitFor(() => expect(bench.scene.shown.value!.document!.scenario.flows[0]!.tcp.congestion).toBe('bbr'));
  });
});

describe('the top bar', () => {
  test('tells the path and the outcome; undo wakes with an edit', async () => {
    const { bench } = await onBench(any(TopBar), bar);
    expect(screen.getByText(/40 kB · 40 ms · 20 Mbit\/s · CUBIC/)).toBeVisible();
    expect(screen.getByText(/^\s*· done/)).toBeVisible();
    const undo = screen.getByRole('button', { name: 'Undo' });
    expect(undo).toHaveAttribute('aria-disabled', 'true');
    await bench.scene.touch(bench.scene.packet, { drop: true }, 'R #12 dropped');
    await waitFor(() => expect(undo).toHaveAttribute('aria-disabled', 'false'));
    expect(undo).toHaveAttribute('title', 'R #12 dropped');
    await fireEvent.click(undo);
    await waitFor(() => expect(undo).toHaveAttribute('aria-disabled', 'true'));
  });

  test('menus open, close with Escape, and hand on what was chosen', async () => {
    await onBench(any(TopBar), bar);
    const button = screen.getByRole('button', { name: 'Export' });
    await fireEvent.click(button);
    await fireEvent.click(await screen.findByRole('button', { name: 'Packets as pcapng' }));
    expect(bar.onexport).toHaveBeenCalledWith('pcapng');
    await fireEvent.click(button);
    await fireEvent.keyDown(await screen.findByRole('button', { name: 'Picture as SVG' }), { key: 'Escape' });
    expect(button).toHaveAttribute('aria-expanded', 'false');
  });
});

describe('words for the ear', () => {
  test('one polite sentence after a step, none while it plays', async () => {
    const { bench, container } = await onBench(any(LiveRegion));
    const region = container.querySelector('[aria-live=polite]')!;
    bench.scene.nextEvent();
    await waitFor(() => expect(region).toHaveTextContent(/ms, server \S+, \d+ packets? in flight/));
    const said = region.textContent;
    bench.scene.player.play();
    await new Promise((done) => setTimeout(done, 500));
    expect(region.textContent).toBe(said);
  });

  test('a refusal is an alert with place and remedy, and goes when it was read', async () => {
    const { bench } = await onBench(any(Notice), {}, ({ scene }) => {
      scene.refuse([{ where: 'path.loss[0].rate', what: 'found 3, needs 0 to 1' }]);
    });
    expect(screen.getByRole('alert')).toHaveTextContent('path.loss[0].rate: found 3, needs 0 to 1');
    await fireEvent.click(screen.getByRole('button', { name: 'OK' }));
    expect(bench.scene.problems.value).toEqual([]);
  });

  test('the help lists every key and holds the switch', async () => {
    const { bench } = await onBench(any(KeysDialog), { onclose: vi.fn() });
    const toggle = screen.getByRole('switch', { name: /Single-character keys/, hidden: true });
    expect(toggle).toBeChecked();
    await fireEvent.click(toggle);
    expect(bench.display.keys.value).toBe(false);
    expect(bench.scene.packet).not.toBe(NONE);
  });
});
