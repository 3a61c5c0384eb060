/** Figures that can stand on the stage, in their order from the top: the names that addresses and beats have for them. */
export const panelNames = [
  'sequence',
  'matters',
  'window',
  'throughput',
  'rtt',
  'queue',
  'timesequence',
  'compare',
  'keys',
  'waterfall',
  'streams',
] as const;
export type PanelName = (typeof panelNames)[number];
