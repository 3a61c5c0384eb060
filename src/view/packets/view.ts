/** What the foot of the side panel shows. */
export type SideView = 'packets' | 'states' | 'headers';
