import { findTool, installCommand } from './tool.ts';

export const findTshark = (): string | null => findTool(process.env['TSHARK'], 'tshark', '/usr/bin/tshark');

export const missingTshark = `tshark is missing. Install it (${installCommand(['tshark'])}) or name it in TSHARK.`;
