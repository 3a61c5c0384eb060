/** How a response is to be served (RFC 9218 §4): urgency 0 comes first, incremental ones share the wire in turns. */
export interface Priority {
  readonly urgency: number;
  readonly incremental: boolean;
}

/** RFC 9218 §4.1, §4.2. */
export const DEFAULT_PRIORITY: Priority = { urgency: 3, incremental: false };

/** The value of a `priority` header or of PRIORITY_UPDATE; what is as by default is left out. */
export const priorityText = ({ urgency, incremental }: Priority): string =>
  [...(urgency === DEFAULT_PRIORITY.urgency ? [] : [`u=${String(urgency)}`]), ...(incremental ? ['i'] : [])].join(', ');

/** The value of a PRIORITY_UPDATE that this side writes: the urgency is said even where it is the default (RFC 9218 §7). */
export const updateText = ({ urgency, incremental }: Priority): string =>
  `u=${String(urgency)}${incremental ? ', i' : ''}`;

/** Reads such a value: a dictionary (RFC 8941 §3.2), of which unknown and impossible members are passed over. */
export const parsePriority = (text: string): Priority => {
  let { urgency, incremental } = DEFAULT_PRIORITY;
  for (const member of text.split(',')) {
    const [key, value = '?1'] = (member.split(';')[0] ?? '').trim().split('=');
    if (key === 'u' && /^[0-7]$/.test(value)) urgency = Number(value);
    if (key === 'i' && /^\?[01]$/.test(value)) incremental = value === '?1';
  }
  return { urgency, incremental };
};
