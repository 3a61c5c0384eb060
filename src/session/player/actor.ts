import { createActor } from 'xstate';
import { playerMachine } from './machine.ts';
import type { PlayerContext, PlayerEvent, PlayerPhase } from './machine.ts';

export interface PlayerActor {
  send(event: PlayerEvent): void;
}

/** Starts the player's machine, paused, where `input` says; `changed` hears every snapshot, the first one too. */
export const startPlayer = (
  input: PlayerContext,
  changed: (phase: PlayerPhase, context: PlayerContext) => void,
): PlayerActor => {
  const actor = createActor(playerMachine, { input });
  actor.subscribe((snapshot) => {
    changed(snapshot.value, snapshot.context);
  });
  return actor.start();
};
