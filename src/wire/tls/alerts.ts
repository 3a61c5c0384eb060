import { Alert } from './codes.ts';

/** Alerts as sentences for the page: what the sender found. */
export const alertSentence = (description: number): string => {
  switch (description) {
    case Alert.CloseNotify:
      return 'It has no more to send.';
    case Alert.UnexpectedMessage:
      return 'A message came that has no place here.';
    case Alert.BadRecordMac:
      return 'The tag of a record is wrong: its bytes were changed, or another key sealed it.';
    case Alert.HandshakeFailure:
      return 'Client and server have no cipher suite or group in common.';
    case Alert.BadCertificate:
      return 'The certificate does not stand for the name that was asked for.';
    case Alert.CertificateExpired:
      return 'The certificate is past its last day, or not yet at its first.';
    case Alert.UnknownCa:
      return 'The chain leads to no root that is trusted here.';
    case Alert.ProtocolVersion:
      return 'Client and server have no version of TLS in common.';
    case Alert.CertificateRequired:
      return 'The server wants a certificate from the client, and none came.';
    case Alert.NoApplicationProtocol:
      return 'None of the protocols that the client offered (ALPN) is spoken here.';
    case Alert.RecordOverflow:
      return 'A record is larger than this end said it takes.';
    default:
      return 'The connection cannot go on.';
  }
};
