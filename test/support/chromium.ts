import { chromium, type Browser } from 'playwright-core';
import { findTool, installCommand } from './tool.ts';

/** Chromium's executable, or null. CHROMIUM names another one. */
export function findChromium(): string | null {
  return findTool(
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
  );
}

export const missingChromium = `Chromium is missing. Install it (${installCommand(['chromium'])}) or name it in CHROMIUM.`;

const quiet = [
  // Tests run as root in containers, where the sandbox cannot start; they only open pages of this project.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real, headless Chromium with a fresh profile. Throws with the command that installs it where there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(missingChromium);
  return chromium.launch({ executablePath, args: quiet, headless: true });
}
