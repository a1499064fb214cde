// Copy-on-write copies of files (the built-in git extension asks for them): here plain copies.
import { constants, copyFileSync } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';

export { constants, copyFile, copyFileSync, cp };
export const isCloneSupported = async () => false;
