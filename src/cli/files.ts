import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { ReadFile } from '@/datasets/define';
import type { LoomDocument } from '@/graph/document';
import { openFiles } from '@/formats/open';
import { openPreset, presetIds } from '@/formats/presets';
import type { NamedFile } from '@/formats/reading/namedFile';
import { Exit, exitCode, unreadable } from './exit';

/** `npm run` goes to the project's folder; paths are meant from where the user stands. */
const userFolder = process.env.LOOM_CWD ?? process.cwd();
export const userPath = (path: string): string => resolve(userFolder, path);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'access is denied',
  EPERM: 'access is denied',
  ENOSPC: 'the disk is full',
  ERR_FS_FILE_TOO_LARGE: 'it is too large',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return reasons[code] ?? (error instanceof Error ? error.message : String(error));
}

export async function readBytes(path: string, shown = path): Promise<Result<Uint8Array<ArrayBuffer>, Problem>> {
  try {
    return ok(new Uint8Array(await readFile(path)));
  } catch (error) {
    return err(problem('file.read', `${shown} can’t be read: ${reasonOf(error)}.`));
  }
}

/** Writes files into a folder, which is made where it is missing. */
export async function writeFiles(folder: string, files: readonly NamedFile[]): Promise<void> {
  for (const { name, bytes } of files) await writeBytes(join(folder, name), bytes);
}

export async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (error) {
    throw new Exit(exitCode.unreadable, `${path} can’t be written: ${reasonOf(error)}.`);
  }
}

/** The files of a folder, not those of folders within it. */
export async function readFolder(path: string, wanted: (name: string) => boolean): Promise<readonly NamedFile[]> {
  let names: readonly string[];
  try {
    const entries = await readdir(path, { withFileTypes: true });
    names = entries.filter((entry) => !entry.isDirectory() && wanted(entry.name)).map((entry) => entry.name);
  } catch (error) {
    throw new Exit(exitCode.unreadable, `The folder ${path} can’t be read: ${reasonOf(error)}.`);
  }
  const files: NamedFile[] = [];
  for (const name of names.toSorted()) {
    const bytes = await readBytes(join(path, name));
    if (!bytes.ok) throw unreadable(bytes.error);
    files.push({ name, bytes: bytes.value });
  }
  return files;
}

/** The document of a path or a preset's id; also out of whatever else opens in the app. */
export async function readInput(file: string): Promise<LoomDocument> {
  const path = userPath(file);
  if (!existsSync(path) && presetIds.includes(file)) {
    const preset = openPreset(file);
    if (!preset.ok) throw unreadable(preset.error);
    return preset.value;
  }
  if (!existsSync(path) && /^[\w-]+$/.test(file)) {
    throw new Exit(
      exitCode.unreadable,
      `There is no file and no preset “${file}”; the presets are ${presetIds.join(', ')}.`,
    );
  }
  const bytes = await readBytes(path, file);
  if (!bytes.ok) throw unreadable(bytes.error);
  const opened = openFiles([{ name: file, bytes: bytes.value }]);
  if (!opened.ok) throw unreadable(opened.error);
  return opened.value.document;
}

/** The folder with package.json, whether this runs from the sources or from the build. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Static files of the project, as the page fetches them. */
export const readStatic: ReadFile = async (path, onProgress) => {
  const project = projectFolder();
  const candidates = ['public', 'dist/app'].map((folder) => join(project, folder, path));
  const found = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile());
  const bytes = await readBytes(found ?? candidates[0]!, path);
  if (bytes.ok) onProgress(bytes.value.length);
  return bytes;
};
