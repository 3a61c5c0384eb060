import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { describe, expect, test, vi } from 'vitest';
import { Cell } from '../../src/session/cell.ts';
import { groups } from '../../src/view/top/Export.words.ts';
import ExportItems from '../../src/view/top/ExportItems.svelte';
import ExportProgress from '../../src/view/top/ExportProgress.svelte';
import FilmDialog from '../../src/view/top/FilmDialog.svelte';
import type { FilmAsk } from '../../src/view/top/film.ts';
import { any, onBench } from './support.ts';

describe('the Export menu', () => {
  test('lists every file by what it is for, and hands on the chosen one', async () => {
    const close = vi.fn();
    const onexport = vi.fn();
    await onBench(any(ExportItems), { close, onexport });
    for (const { title, items } of groups) {
      const group = screen.getByRole('group', { name: title });
      expect(
        within(group)
          .getAllByRole('button')
          .map((button) => button.textContent),
      ).toEqual(items.map(({ name }) => name));
    }
    await fireEvent.click(screen.getByRole('button', { name: 'Film: MP4, WebM, GIF…' }));
    expect(close).toHaveBeenCalledOnce();
    expect(onexport).toHaveBeenCalledWith('film');
  });

  test('a capture is no scenario', async () => {
    await onBench(any(ExportItems), { close: vi.fn(), onexport: vi.fn() }, ({ scene }) => {
      if (scene.trace) scene.openTrace(scene.trace);
    });
    expect(screen.getByRole('button', { name: 'Scenario as JSON' })).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Packets as pcapng' })).toBeEnabled();
  });
});

const ask: FilmAsk = {
  ranges: [
    { name: 'What is seen', from: 10, to: 60 },
    { name: 'The whole run', from: 0, to: 400 },
  ],
  speed: 0.1,
  beats: 0,
  seconds: ({ what, from, to, speed }) => (what === 'beats' ? 12 : (to - from) * speed + 1),
  longest: 30,
  hasVideo: true,
};

describe('the film', () => {
  test('begins with what is seen, and says how long it will last', async () => {
    const onmake = vi.fn();
    render(FilmDialog, { props: { ask, onmake, onclose: vi.fn() } });
    expect(screen.getByRole('dialog', { name: 'Film' })).toBeVisible();
    expect(screen.getByLabelText('From, ms')).toHaveValue(10);
    expect(screen.getByRole('status')).toHaveTextContent('The film lasts 6.0 s.');
    await fireEvent.click(screen.getByRole('radio', { name: /^GIF/ }));
    await fireEvent.change(screen.getByLabelText('Frames per second'), { target: { value: '60' } });
    expect(screen.getByRole('status')).toHaveTextContent('A GIF has at most 50.');
    await fireEvent.click(screen.getByRole('button', { name: 'Make the film' }));
    expect(onmake).toHaveBeenCalledWith({ format: 'gif', what: 'stretch', from: 10, to: 60, speed: 0.1, rate: 60 });
  });

  test('is of all beats, where the scene has some; or of a stretch all the same', async () => {
    const onmake = vi.fn();
    render(FilmDialog, { props: { ask: { ...ask, beats: 4 }, onmake, onclose: vi.fn() } });
    expect(screen.getByRole('radio', { name: /^All 4 beats/ })).toBeChecked();
    expect(screen.getByRole('status')).toHaveTextContent('The film lasts 12.0 s.');
    expect(screen.queryByLabelText('From, ms')).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Make the film' }));
    expect(onmake).toHaveBeenCalledWith(expect.objectContaining({ what: 'beats', format: 'mp4', rate: 30 }));
    await fireEvent.click(screen.getByRole('radio', { name: 'A stretch of the run' }));
    expect(screen.getByLabelText('From, ms')).toHaveValue(10);
    expect(screen.getByRole('status')).toHaveTextContent('The film lasts 6.0 s.');
  });

  test('is refused in words where it is empty or too long', async () => {
    render(FilmDialog, { props: { ask, onmake: vi.fn(), onclose: vi.fn() } });
    await fireEvent.click(screen.getByRole('button', { name: 'The whole run' }));
    expect(screen.getByRole('status')).toHaveTextContent('The film would last 41 s; 30 s are the most');
    expect(screen.getByRole('button', { name: 'Make the film' })).toBeDisabled();
    await fireEvent.input(screen.getByLabelText('From, ms'), { target: { value: '500' } });
    expect(screen.getByRole('status')).toHaveTextContent('The end must lie after the beginning.');
  });

  test('is a GIF where the browser encodes no video', () => {
    render(FilmDialog, { props: { ask: { ...ask, hasVideo: false }, onmake: vi.fn(), onclose: vi.fn() } });
    expect(screen.getByRole('radio', { name: /^MP4/ })).toBeDisabled();
    expect(screen.getByRole('radio', { name: /^GIF/ })).toBeChecked();
    expect(screen.getByText('This browser cannot encode video: GIF works.')).toBeVisible();
  });
});

test('progress says what is made and how far it is, and can be ended', async () => {
  const part = new Cell(0.2);
  const oncancel = vi.fn();
  render(ExportProgress, { props: { what: 'the film', part, oncancel } });
  const bar = screen.getByRole('progressbar', { name: 'Making the film' });
  expect(bar).toHaveAttribute('value', '0.2');
  part.set(0.5);
  await vi.waitFor(() => expect(bar).toHaveAttribute('value', '0.5'));
  await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  expect(oncancel).toHaveBeenCalledOnce();
});
