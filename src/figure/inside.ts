import { httpLabel } from '../packet/http/label.ts';
import { quicLabel, quicName } from '../packet/quic/label.ts';
import { speak } from '../packet/spoken.ts';
import { observed } from '../packet/tls/observer.ts';
import { setDrawn } from './sequence/keyed.ts';
import { drawPieces } from './sequence/pieces.ts';
import { QuicKeys } from './sequence/quic.ts';
import { drawRecords } from './sequence/records.ts';
import { Secure } from './sequence/secure.ts';

/**
 * From here on traces with TLS, HTTP or QUIC inside can be named and drawn. Loaded before the first of them is shown, and
 * not before: the first picture is one of bare TCP.
 */
export const showInside = (): void => {
  speak({ httpLabel, quicLabel, quicName, observed });
  setDrawn({
    keysOf: (trace, theme, observed) => {
      const { tls, quic } = trace;
      if (tls) return new Secure(trace, tls, theme, observed);
      return quic ? new QuicKeys(trace, quic, theme, observed) : null;
    },
    drawRecords,
    drawPieces,
  });
};
