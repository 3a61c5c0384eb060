import type { Trace, TraceEnd } from '../../../trace/types.ts';
import { parameterName } from '../../../wire/quic/codes.ts';
import { parameterId } from '../../../wire/quic/transportParameters.ts';
import type { Fields } from '../values.ts';
import { hexOf } from '../values.ts';
import type { Told } from './events.ts';

/** When a flow begins to be logged: its first packet. */
const beginning = (trace: Trace, flow: number): number => {
  const first = trace.packets.flow.indexOf(flow);
  return first < 0 ? 0 : (trace.packets.sent[first] as number);
};

export const startedEvent = (trace: Trace, flow: number, side: 'client' | 'server'): Told => {
  const ends = trace.flows[flow];
  const [own, other] = side === 'client' ? [ends?.client, ends?.server] : [ends?.server, ends?.client];
  const address = (end: TraceEnd | undefined): string => end?.address ?? '';
  return {
    time: beginning(trace, flow),
    name: 'connectivity:connection_started',
    data: () => ({
      ip_version: address(own).includes(':') ? 'v6' : 'v4',
      src_ip: address(own),
      dst_ip: address(other),
      src_port: own?.port ?? 0,
      dst_port: other?.port ?? 0,
    }),
  };
};

/** Transport parameters of both ends, each as an end knows them: its own, and the other's. */
export const parameterEvents = (trace: Trace, flow: number, side: 'client' | 'server'): Told[] => {
  const session = trace.flows[flow]?.quic;
  const known = trace.quic?.flows.find((one) => one.flow === flow);
  if (!session) return [];
  return (['client', 'server'] as const).flatMap((from) => {
    const list = session.parameters[from];
    if (list.length === 0) return [];
    const fields: Record<string, unknown> = { owner: from === side ? 'local' : 'remote' };
    for (const one of list) {
      const key = parameterName(parameterId(one));
      if (!/^[a-z_]+$/.test(key)) continue;
      if (one.kind === 'number') fields[key] = Number(one.value);
      else if (one.kind === 'flag') fields[key] = true;
      else if (one.kind === 'bytes')
        fields[key] = key === 'stateless_reset_token' ? { data: hexOf(one.value) } : hexOf(one.value);
    }
    if (from === 'client' && known?.serverName) fields['sni'] = known.serverName;
    if (from === 'server' && known?.alpn) fields['alpn'] = known.alpn;
    return [{ time: beginning(trace, flow), name: 'transport:parameters_set', data: (): Fields => fields }];
  });
};
